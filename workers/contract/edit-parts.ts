import { z } from "zod";
import { WATERMARK_POSITIONS } from "./edit-limits.ts";

/** Frames of an output grid, from the first to the one after the last. */
export const FrameRange = z.object({ from: z.int().nonnegative(), to: z.int().positive() });
export type FrameRange = z.infer<typeof FrameRange>;

/** Laid over every frame of an edit: the input `watermark`. Width and margin are in pixels of the rendition. */
export const EditPicture = z.object({
  picture: z.string(),
  position: z.enum(WATERMARK_POSITIONS),
  width: z.int().positive(),
  margin: z.int().nonnegative(),
  opacity: z.number(),
});

/** A track from another file: the input `audio` of the join. */
export const EditAudio = z.object({
  upload: z.string(),
  mode: z.enum(["replace", "add"]),
  language: z.string().nullable(),
});
