import type { z } from "zod";
import { page, Timestamp } from "./common.ts";
import { Video } from "./videos.ts";

/** A deleted video that can still be restored. */
export const BinnedVideo = Video.extend({
  deletedAt: Timestamp,
  /** When it will be erased for good. */
  erasedAt: Timestamp,
});
export type BinnedVideo = z.infer<typeof BinnedVideo>;

export const BinPage = page(BinnedVideo);
export type BinPage = z.infer<typeof BinPage>;
