import { z } from "zod";
import { RenditionOutput, TaskResult } from "./transcodes.ts";

/** One line of the transcoder's response to a task. */
export const TaskEvent = z.discriminatedUnion("type", [
  /** Sent at least every 5 s while a task runs; `ratio` is 0 to 1. */
  z.object({ type: z.literal("progress"), ratio: z.number() }),
  /** Segments that are stored while the task still runs; `output` is cumulative for the rendition. */
  z.object({ type: z.literal("segments"), rendition: z.string(), output: RenditionOutput }),
  z.object({ type: z.literal("done"), result: TaskResult }),
  /** `permanent`: the source is at fault, so another attempt cannot help. */
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
