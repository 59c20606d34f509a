import type { PlannedTask, PlanSettings } from "../contract/transcode.ts";

/**
 * What the plan of one video has to respect, from the deployment's configuration.
 * @param downloads whether the creator lets viewers download the film
 */
export function planSettings(
  env: Pick<Env, "RUNNERS" | "SLOTS_PER_RUNNER">,
  downloads: boolean,
): PlanSettings {
  return {
    segmentSeconds: 4,
    loudness: true,
    secondCodec: "none",
    downloads,
    parallelism: Math.max(1, Number(env.RUNNERS) * Number(env.SLOTS_PER_RUNNER)),
    limits: {
      maxDuration: 12 * 3600,
      maxPixels: 8192 * 4608,
      maxStreams: 32,
      maxFrameRate: 240,
      // A task must end inside the 15 minutes of the queue consumer that waits for it.
      maxTaskSeconds: 600,
      maxOutputBytes: 20 * 1024 ** 3,
    },
  };
}

/**
 * The first task of every transcode.
 * @param remuxed true for the second plan of a source without an index: it follows the remux, a stage later
 */
export function planTask(settings: PlanSettings, remuxed: boolean): PlannedTask {
  return {
    name: remuxed ? "plan remuxed" : "plan",
    stage: remuxed ? 1 : 0,
    priority: 0,
    spec: { kind: "plan", settings, remuxed },
  };
}
