import { z } from "zod";
import type { Chapter } from "../../../workers/contract/chapters.ts";

/** The `-show_entries` value for chapters. */
export const CHAPTER_ENTRIES = "chapter=start_time:chapter_tags=title";

/** ffprobe's chapters. Errors in them never refuse a file: it has no chapters then. */
export const ProbedChapters = z
  .array(
    z.object({
      start_time: z.coerce.number(),
      tags: z.object({ title: z.string().default("") }).default({ title: "" }),
    }),
  )
  .default([])
  .catch([]);
export type ProbedChapters = z.infer<typeof ProbedChapters>;

/**
 * The chapters of a source, unchecked; `usableChapters` cleans them up.
 * @param startTime seconds at which the source's clock starts
 */
export function sourceChapters(chapters: ProbedChapters, startTime: number): Chapter[] {
  return chapters.map(({ start_time: start, tags }) => ({
    start: start - startTime,
    title: tags.title,
  }));
}
