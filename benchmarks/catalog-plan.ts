import { randomBytes } from "node:crypto";
import type {
  Plan,
  PlannedTask,
  RenditionOutput,
  TaskResult,
} from "../workers/contract/transcodes.ts";
import type { Task } from "../workers/db/transcoding/tasks.ts";
import { planTask } from "../workers/domain/tasks/plan-settings.ts";

const HEIGHTS = [240, 360, 480, 720, 1080];
const FRAME_RATE = { num: 25, den: 1 };
const LIMITS = {
  maxDuration: 43_200,
  maxPixels: 35_389_440,
  maxStreams: 40,
  maxFrameRate: 120,
  maxTaskSeconds: 600,
  maxOutputBytes: 4_000_000_000,
};
export const PLAN_TASK = planTask(
  {
    segmentSeconds: 4,
    loudness: true,
    secondCodec: "none",
    passthrough: true,
    alwaysEncode: false,
    parallelism: 10,
    limits: LIMITS,
  },
  false,
);

const renditions: Plan["renditions"] = [
  ...HEIGHTS.map((height) => ({
    type: "video" as const,
    id: `h264-${height}`,
    codec: "h264" as const,
    width: Math.round((height * 16) / 9 / 2) * 2,
    height,
    pixelAspect: { num: 1, den: 1 },
    frameRate: FRAME_RATE,
    crf: 23,
    maxrate: height * 4321,
    bufsize: height * 8642,
  })),
  {
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
  },
];

/** The plan of a source with many or few chunks, in the shapes of the real one. */
export function planOf(chunks: number): Plan {
  const seconds = chunks * 16;
  const source: Plan["source"] = {
    demuxer: "mov",
    duration: seconds + 0.123,
    bytes: seconds * 450_123,
    video: {
      index: 0,
      codec: "h264",
      width: 1920,
      height: 1080,
      codedWidth: 1920,
      codedHeight: 1088,
      rotation: 0,
      frameRate: FRAME_RATE,
      interlaced: false,
      alpha: false,
      bitDepth: 8,
      matrix: "bt709",
      range: "sdr",
      startTime: 0,
      endTime: seconds + 0.08,
    },
    audio: [
      {
        index: 1,
        codec: "aac",
        channels: 2,
        sampleRate: 48_000,
        language: "eng",
        title: null,
        isDefault: true,
        startTime: 0,
      },
    ],
    captions: [],
  };
  const grid = {
    frameRate: FRAME_RATE,
    framesPerSegment: 100,
    totalFrames: seconds * 25 + 3,
    segmentCount: chunks * 4 + 1,
  };
  const videos = renditions.filter((rendition) => rendition.type === "video");
  const [audio] = renditions.filter((rendition) => rendition.type === "audio");
  if (!audio) throw new Error("There is no audio.");
  const tasks: PlannedTask[] = [
    ...Array.from({ length: chunks }, (_, chunk) => ({
      name: `video ${chunk}`,
      stage: "encode" as const,
      priority: chunk === 0 ? ("first-video" as const) : ("later-video" as const),
      spec: {
        kind: "video" as const,
        source,
        grid,
        firstSegment: chunk * 4,
        segmentCount: 4,
        renditions: videos,
        limits: LIMITS,
      },
    })),
    {
      name: "audio English",
      stage: "encode",
      priority: "first-audio",
      spec: {
        kind: "audio",
        source,
        rendition: audio,
        segmentSeconds: 4,
        duration: seconds,
        loudness: true,
        limits: LIMITS,
      },
    },
    {
      name: "images",
      stage: "encode",
      priority: "images",
      spec: { kind: "images", source, posterAt: null, limits: LIMITS },
    },
    { name: "finish", stage: "publish", priority: "blocking", spec: { kind: "finish" } },
  ];
  return { source, grid, renditions, tasks };
}

function outputOf(firstSegment: number, count: number): RenditionOutput {
  return {
    timescale: 12_800,
    codecs: "avc1.64001f",
    initSha256: randomBytes(32).toString("hex"),
    initBytes: 812,
    firstSegment,
    startTicks: firstSegment * 51_200,
    segments: Array.from({ length: count }, () => ({
      duration: 51_200,
      bytes: 1_234_567,
      keyframe: [812, 34_567] as [number, number],
    })),
  };
}

export function resultOf({ spec }: Task): TaskResult | null {
  if (spec.kind === "video") {
    const outputs = spec.renditions.map(({ id }) => [id, outputOf(spec.firstSegment, 4)] as const);
    return { kind: "media", outputs: Object.fromEntries(outputs) };
  }
  return spec.kind === "audio"
    ? { kind: "media", outputs: { [spec.rendition.id]: outputOf(0, 40) } }
    : null;
}
