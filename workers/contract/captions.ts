import { z } from "zod";

/** Caption tracks that a video may have, embedded and uploaded: about as many as there are languages with subtitles. */
export const MAX_CAPTION_TRACKS = 64;

/** A caption track of a video. */
export const CaptionTrack = z.object({
  language: z.string(),
  /** Name of the language in that language: `Deutsch`. */
  label: z.string(),
  /** Number of cues. */
  cues: z.int(),
  /** What is wrong with the cues of the file that were left out, with line numbers; at most ten. */
  faults: z.array(z.string()),
  /** Number of cues that were left out. */
  dropped: z.int(),
});
export type CaptionTrack = z.infer<typeof CaptionTrack>;
