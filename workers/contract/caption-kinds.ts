import { z } from "zod";

/**
 * The purpose of a caption track. `subtitles` have the dialogue; `captions` also describe music and sounds, for viewers
 * who cannot hear them; `descriptions` describe what can be seen; `forced` only translate what viewers of the original
 * would not understand, such as signs.
 */
export const CaptionKind = z.enum(["subtitles", "captions", "descriptions", "forced"]);
export type CaptionKind = z.infer<typeof CaptionKind>;
