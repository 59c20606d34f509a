import type { SourceInfo } from "../../workers/contract/source.ts";
import type {
  Plan,
  PlanSettings,
  RenditionOutput,
  TaskResult,
  TaskSpec,
} from "../../workers/contract/transcodes.ts";
import { h264Ladder } from "../../containers/transcoder/plan/ladder.ts";
import { gridFor, planTasks } from "../../containers/transcoder/plan/plan.ts";
import { planSettings } from "../../workers/domain/tasks/plan-settings.ts";

/** Pixels of all renditions that a slot encodes per second: 30 s of 720p30 in three took about 30 s on two cores. */
const PIXELS_PER_SECOND = 47_000_000;
/** Time until the first frame: process start, probe and seek. */
export const START_SECONDS = 1.5;
/** Seconds of audio encoded per second: twenty minutes took 31 s. */
const AUDIO_SPEED = 39;

/** The settings of a deployment with this many slots. */
export function settingsOf(slots: number): PlanSettings {
  return planSettings({
    MAX_RUNNERS: String(slots),
    SLOTS_PER_RUNNER: "1",
    PASSTHROUGH: "true",
    SECOND_CODEC: "none",
    AUDIO_UPLOADS: "true",
  } as never);
}

/** The transcoder's plan for a 1080p25 video with one audio track. @param duration seconds */
export function planOf(duration: number, settings: PlanSettings): Plan {
  const frameRate = { num: 25, den: 1 };
  const stream = { codec: "h264", startTime: 0, endTime: duration };
  const source: SourceInfo = {
    demuxer: "mov",
    duration,
    bytes: duration * 1_000_000,
    video: {
      ...{ ...stream, index: 0, width: 1920, height: 1080, codedWidth: 1920, codedHeight: 1080 },
      ...{ rotation: 0, frameRate, interlaced: false, alpha: false, bitDepth: 8 },
      ...{ matrix: "bt709", range: "sdr" },
    },
    audio: [
      {
        ...{ ...stream, codec: "aac", index: 1, channels: 2, sampleRate: 48_000 },
        ...{ language: null, title: null, isDefault: true },
      },
    ],
    captions: [],
  };
  const grid = gridFor(frameRate, duration, settings.segmentSeconds);
  return planTasks(source, grid, h264Ladder(source.video, frameRate), settings);
}

/** Seconds that a task takes on one slot. */
export function costOf(spec: TaskSpec): number {
  switch (spec.kind) {
    case "video": {
      const pixels = spec.renditions.reduce((sum, { width, height }) => sum + width * height, 0);
      const frames = spec.segmentCount * spec.grid.framesPerSegment;
      return START_SECONDS + (frames * pixels) / PIXELS_PER_SECOND;
    }
    case "audio": {
      const from = (spec.firstSegment ?? 0) * spec.segmentSeconds;
      const length = (spec.segmentCount ?? Infinity) * spec.segmentSeconds;
      return START_SECONDS + Math.min(length, spec.duration - from) / AUDIO_SPEED;
    }
    case "images":
      return START_SECONDS + 5;
    case "finish":
      return 0.5;
    default:
      return START_SECONDS + 1;
  }
}

const VIDEO_TIMESCALE = 12_800;
const AUDIO_TIMESCALE = 48_000;

function outputOf(firstSegment: number, count: number, timescale: number): RenditionOutput {
  const duration = 4 * timescale;
  return {
    timescale,
    codecs: timescale === AUDIO_TIMESCALE ? "mp4a.40.2" : "avc1.64001f",
    initSha256: "a".repeat(64),
    initBytes: 800,
    firstSegment,
    startTicks: firstSegment * duration,
    segments: Array.from({ length: count }, () => ({ duration, bytes: 1_000_000 })),
  };
}

/** Outputs of a video or audio task by rendition; none for other tasks. @param limit of segments */
function outputsOf(spec: TaskSpec, limit = Infinity): [rendition: string, RenditionOutput][] {
  switch (spec.kind) {
    case "video":
      return spec.renditions.map(({ id }) => [
        id,
        outputOf(spec.firstSegment, Math.min(limit, spec.segmentCount), VIDEO_TIMESCALE),
      ]);
    case "audio": {
      const { firstSegment = 0, duration, segmentSeconds } = spec;
      const count = spec.segmentCount ?? Math.ceil(duration / segmentSeconds) - firstSegment;
      const output = outputOf(firstSegment, Math.min(limit, count), AUDIO_TIMESCALE);
      return [[spec.rendition.id, output]];
    }
    default:
      return [];
  }
}

/** The stored output, by rendition, once a task's first segments are stored; empty unless viewers wait for them. */
export function firstOutputsOf(spec: TaskSpec): [rendition: string, RenditionOutput][] {
  return outputsOf(spec, 1).filter(([, { firstSegment }]) => firstSegment === 0);
}

/** The result of a task. */
export function resultOf(spec: TaskSpec, plan: (settings: PlanSettings) => Plan): TaskResult {
  switch (spec.kind) {
    case "plan":
      return { kind: "plan", plan: plan(spec.settings) };
    case "images":
      return { kind: "images", poster: "poster.jpg", storyboard: "storyboard.vtt", preview: null };
    case "video":
    case "audio":
      return { kind: "media", outputs: Object.fromEntries(outputsOf(spec)) };
    default:
      throw new Error(`The model has no result for ${spec.kind}.`);
  }
}
