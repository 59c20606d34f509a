import { z } from "zod";
import { MAX_CHAPTER_TITLE_LENGTH, MAX_CHAPTERS } from "./chapter-limits.ts";
import { lineOfText } from "./text.ts";

/** A named part of a video, from `start` (seconds) to the start of the next one. */
export const Chapter = z.object({ start: z.number(), title: z.string() });
export type Chapter = z.infer<typeof Chapter>;

const ListedChapter = z.strictObject({
  start: z.number().nonnegative().max(1_000_000),
  title: lineOfText(MAX_CHAPTER_TITLE_LENGTH),
});

/**
 * `own`: the creator's list, in order, the first at 0; an empty list shows none. Null shows the chapters of the
 * description, or else of the file.
 */
export const ChaptersPut = z.strictObject({
  own: z.array(ListedChapter).max(MAX_CHAPTERS).nullable(),
});
export type ChaptersPut = z.infer<typeof ChaptersPut>;

/** The creator's list, and the chapters that viewers see without it. */
export const VideoChapters = z.object({
  own: z.array(Chapter).nullable(),
  automatic: z.array(Chapter),
  /** Where the automatic ones come from; null if there are none. */
  source: z.enum(["description", "file"]).nullable(),
});
export type VideoChapters = z.infer<typeof VideoChapters>;
