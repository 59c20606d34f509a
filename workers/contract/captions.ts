import { z } from "zod";

/** Tracks that a video may have, of its own and added: there are about as many written languages with subtitles. */
export const MAX_CAPTION_TRACKS = 64;

/** A caption track of a video. */
export const CaptionTrack = z.object({
  language: z.string(),
  /** The language's own name for itself. */
  label: z.string(),
  /** Number of captions. */
  cues: z.int(),
});
export type CaptionTrack = z.infer<typeof CaptionTrack>;
