import { env } from "cloudflare:workers";
import type { SourceInfo } from "../../../workers/contract/source.ts";
import type { Priority } from "../../../workers/contract/task-order.ts";
import type {
  AudioRendition,
  Plan,
  PlannedTask,
  RenditionOutput,
  VideoRendition,
} from "../../../workers/contract/transcodes.ts";
import { planSettings } from "../../../workers/domain/tasks/plan-settings.ts";

const frameRate = { num: 25, den: 1 };
const source: SourceInfo = {
  demuxer: "mov",
  duration: 16,
  bytes: 10,
  video: {
    index: 0,
    codec: "h264",
    width: 1280,
    height: 720,
    codedWidth: 1280,
    codedHeight: 720,
    rotation: 0,
    frameRate,
    interlaced: false,
    alpha: false,
    bitDepth: 8,
    matrix: "bt709",
    range: "sdr",
    startTime: 0,
    endTime: 16,
  },
  audio: [],
  captions: [],
};
const grid = { frameRate, framesPerSegment: 100, totalFrames: 400, segmentCount: 4 };
const { limits } = planSettings(env);

export const rendition = (height: number): VideoRendition => ({
  type: "video",
  id: `h264-${height}`,
  codec: "h264",
  width: (height * 16) / 9,
  height,
  pixelAspect: { num: 1, den: 1 },
  frameRate,
  crf: 23,
  maxrate: 1_000_000,
  bufsize: 2_000_000,
});
const audio: AudioRendition = {
  type: "audio",
  id: "audio-0",
  codec: "aac",
  streamIndex: 1,
  channels: 2,
  sampleRate: 48_000,
  bitrate: 128_000,
  language: "en",
  name: "English",
  isDefault: true,
};
export const videoTask = (
  name: string,
  priority: Priority,
  firstSegment: number,
  renditions: VideoRendition[],
): PlannedTask => ({
  name,
  stage: "encode",
  priority,
  spec: { kind: "video", source, grid, firstSegment, segmentCount: 2, renditions, limits },
});

/** A plan for 16 s in two chunks: the first with a task per rendition, the second with one; audio, images and `finish`. */
export const examplePlan = (): Plan => ({
  source,
  grid,
  renditions: [rendition(360), rendition(720), audio],
  tasks: [
    videoTask("video 0 360p", "first-video", 0, [rendition(360)]),
    videoTask("video 0 720p", "other-renditions", 0, [rendition(720)]),
    videoTask("video 1", "later-video", 2, [rendition(360), rendition(720)]),
    {
      name: "audio",
      stage: "encode",
      priority: "first-audio",
      spec: {
        kind: "audio",
        source,
        rendition: audio,
        segmentSeconds: 4,
        duration: 16,
        loudness: false,
        limits,
      },
    },
    {
      name: "images",
      stage: "encode",
      priority: "later-video",
      spec: { kind: "images", source, posterAt: null, limits },
    },
    { name: "finish", stage: "publish", priority: "blocking", spec: { kind: "finish" } },
  ],
});

/** Publishes a second codec. */
export const finishExtras: PlannedTask = {
  name: "finish extras",
  stage: "publish-extras",
  priority: "blocking",
  spec: { kind: "finish" },
};

export const output = (
  firstSegment: number,
  count: number,
  timescale = 12_800,
): RenditionOutput => ({
  timescale,
  codecs: timescale === 48_000 ? "mp4a.40.2" : "avc1.64001f",
  initSha256: "a".repeat(64),
  initBytes: 4,
  firstSegment,
  startTicks: firstSegment * 4 * timescale,
  segments: Array.from({ length: count }, () => ({
    duration: 4 * timescale,
    bytes: 7,
    keyframe: [0, 3],
  })),
});
