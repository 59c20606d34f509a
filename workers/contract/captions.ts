import { z } from "zod";

/** A caption track of a video. */
export const CaptionTrack = z.object({
  language: z.string(),
  /** The language's own name for itself. */
  label: z.string(),
  /** Number of captions. */
  cues: z.int(),
});
export type CaptionTrack = z.infer<typeof CaptionTrack>;
