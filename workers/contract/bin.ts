import { z } from "zod";
import { page, Timestamp } from "./common.ts";
import { Video } from "./videos.ts";

/** A deleted video that can still be restored. */
export const BinnedVideo = Video.extend({
  deletedAt: Timestamp,
  /** When it will be erased permanently. */
  erasedAt: Timestamp,
});
export type BinnedVideo = z.infer<typeof BinnedVideo>;

export const BinPage = page(BinnedVideo).extend({
  /** Bytes of all stored files in the bin, which emptying it frees. */
  bytes: z.int(),
  /** How long a deleted video stays in the bin. */
  retentionDays: z.number(),
});
export type BinPage = z.infer<typeof BinPage>;
