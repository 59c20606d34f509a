import { z } from "zod";
import { Notice } from "./notices.ts";
import { Limits } from "./task-limits.ts";

/**
 * Whether to try MP4, from which web-ready tracks can be copied. `first`: before other containers. `only`: no other container
 * is tried, and if it fails, the source is used unchanged.
 */
const Mp4Attempt = z.enum(["first", "only"]);

/**
 * Copies the streams into a container that has an index. The output `remuxed` is the path of the object itself, not a
 * prefix. The next `plan` has `remuxed: true`, and that object is the `source` of it and of all later tasks.
 */
export const RemuxSpec = z.object({
  kind: z.literal("remux"),
  demuxer: z.string(),
  /** Whether a file without video gets a track with one frame: its cover, or its waveform. */
  picture: z.boolean().optional(),
  mp4: Mp4Attempt.optional(),
  limits: Limits,
});

/** The source has no index, or none that frames can be copied from: it is remuxed and planned again first. */
export const RemuxFirst = z.object({
  kind: z.literal("remux-first"),
  demuxer: z.string(),
  mp4: Mp4Attempt.optional(),
});

export const RemuxResult = z.object({
  kind: z.literal("remux"),
  notices: z.array(Notice).optional(),
  /** Nothing was stored: the source is used unchanged. */
  isUnchanged: z.boolean().optional(),
});
