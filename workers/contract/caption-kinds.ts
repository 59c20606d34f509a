import { z } from "zod";

/**
 * What a caption track is for. `subtitles` have the dialogue; `captions` music and sounds as well, for those who do not hear
 * them; `descriptions` tell what is seen; `forced` has only what viewers of the original would not understand, such as signs.
 */
export const CaptionKind = z.enum(["subtitles", "captions", "descriptions", "forced"]);
export type CaptionKind = z.infer<typeof CaptionKind>;
