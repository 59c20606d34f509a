import { z } from "zod";
import type { TaskOutcome } from "./runner-api.ts";
import type { RenditionOutput } from "./transcodes.ts";

/** What happens while a runner does a task. The last event is its outcome. */
export type TaskEvent =
  /** `ratio` is 0 to 1. */
  | { type: "progress"; ratio: number }
  /** Segments that are stored while the task still runs; `output` is cumulative for the rendition. */
  | { type: "segments"; rendition: string; output: RenditionOutput }
  | TaskOutcome;

/** `GET /health` of a runner: 200 if it takes tasks, else 503. */
export const TranscoderHealth = z.object({
  slots: z.int(),
  running: z.int(),
  draining: z.boolean(),
  /** Why it can take no task: its disk is full or missing. */
  unfit: z.string().nullable(),
  ffmpeg: z.string(),
  encoders: z.array(z.string()),
});
export type TranscoderHealth = z.infer<typeof TranscoderHealth>;
