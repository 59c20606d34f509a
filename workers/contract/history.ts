import { z } from "zod";
import { page, Timestamp } from "./common.ts";
import { Video } from "./videos.ts";

/** How far the caller has watched a video; position 0 and no time if never. */
export const WatchProgress = z.object({
  /** Seconds. */
  position: z.number(),
  finished: z.boolean(),
  updatedAt: Timestamp.nullable(),
});
export type WatchProgress = z.infer<typeof WatchProgress>;

export const WatchProgressUpdate = z.strictObject({
  /** Seconds from the start. */
  position: z.number().nonnegative().max(1_000_000),
});
export type WatchProgressUpdate = z.infer<typeof WatchProgressUpdate>;

export const History = page(z.object({ video: Video, progress: WatchProgress }));
export type History = z.infer<typeof History>;
