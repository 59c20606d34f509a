import { MAX_TASK_SECONDS } from "./task-time.ts";
import { SecondCodec } from "../../contract/second-codec.ts";
import type { PlannedTask, PlanSettings } from "../../contract/transcodes.ts";

/** The environment variables that decide how a video is transcoded. */
export interface PlanEnv {
  AUDIO_UPLOADS: string;
  NORMALIZE_LOUDNESS: string;
  PASSTHROUGH: string;
  MAX_RUNNERS: string;
  SECOND_CODEC: string;
  SLOTS_PER_RUNNER: string;
}

/** The deployment's settings for the plan of every video; `alwaysEncode` is the creator's, and added with the task. */
export function planSettings(env: PlanEnv): PlanSettings {
  return {
    segmentSeconds: 4,
    loudness: env.NORMALIZE_LOUDNESS !== "false",
    audioUploads: env.AUDIO_UPLOADS !== "false",
    secondCodec: SecondCodec.parse(env.SECOND_CODEC),
    passthrough: env.PASSTHROUGH !== "false",
    alwaysEncode: false,
    parallelism: Math.max(1, Number(env.MAX_RUNNERS) * Number(env.SLOTS_PER_RUNNER)),
    limits: {
      maxDuration: 12 * 3600,
      maxPixels: 8192 * 4608,
      maxStreams: 128,
      maxFrameRate: 1000,
      maxTaskSeconds: MAX_TASK_SECONDS,
      maxOutputBytes: 20 * 1024 ** 3,
    },
  };
}

/**
 * The first task of every transcode.
 * @param remuxed true for the second plan of a source without an index, which follows the remux
 */
export function planTask(settings: PlanSettings, remuxed: boolean): PlannedTask {
  return {
    name: remuxed ? "plan remuxed" : "plan",
    stage: remuxed ? "encode" : "plan",
    priority: "blocking",
    spec: { kind: "plan", settings, remuxed },
  };
}
