import { z } from "zod";

export const TaskRetry = z.strictObject({
  /** The code of the error that the tasks died of, as in a video's timeline: `encoder_failed`. */
  code: z.string().regex(/^[a-z_]{1,64}$/, "must be the code of an error"),
});

export const TaskRetryResult = z.object({
  /** Videos of which tasks are tried again, or that start over. */
  videos: z.int(),
  /** False: there may be more; send the request again. */
  isComplete: z.boolean(),
});
export type TaskRetryResult = z.infer<typeof TaskRetryResult>;
