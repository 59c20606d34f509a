import { z } from "zod";
import { RenditionOutput, TaskResult } from "./transcodes.ts";

/** One line of the transcoder's answer to a task. */
export const TaskEvent = z.discriminatedUnion("type", [
  /** At least every 5 s while a task runs; `ratio` 0 to 1. */
  z.object({ type: z.literal("progress"), ratio: z.number() }),
  /** Segments that are already stored, while the task goes on; `output` is cumulative for the rendition. */
  z.object({ type: z.literal("segments"), rendition: z.string(), output: RenditionOutput }),
  z.object({ type: z.literal("done"), result: TaskResult }),
  /** `permanent`: another attempt cannot help (the source is at fault). */
  z.object({
    type: z.literal("failed"),
    code: z.string(),
    detail: z.string(),
    permanent: z.boolean(),
  }),
]);
export type TaskEvent = z.infer<typeof TaskEvent>;

/** `GET /health` of the transcoder. */
export const TranscoderHealth = z.object({
  slots: z.int(),
  running: z.int(),
  draining: z.boolean(),
  ffmpeg: z.string(),
  encoders: z.array(z.string()),
});
export type TranscoderHealth = z.infer<typeof TranscoderHealth>;
