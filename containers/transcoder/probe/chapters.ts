import { z } from "zod";
import type { Chapter } from "../../../workers/contract/chapters.ts";
import { runFfprobe, type TaskRun } from "../runtime/task-run.ts";

/** ffprobe's list of a few thousand chapters. Whatever is longer was made to be long. */
const MAX_CHAPTER_CHARACTERS = 512 * 1024;

const ProbedChapters = z.object({
  chapters: z
    .array(
      z.object({
        start_time: z.coerce.number(),
        tags: z.object({ title: z.string().default("") }).default({ title: "" }),
      }),
    )
    .default([]),
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The chapters of a source as they are, which `usableChapters` makes sense of. They are read apart from its tracks, so that whatever is wrong with them never refuses a
 * file: then there are none.
 * @param input ffprobe's input options
 * @param startTime seconds at which the source's clock begins
 */
export async function readChapters(
  run: TaskRun,
  input: readonly string[],
  startTime: number,
): Promise<Chapter[]> {
  const lines: string[] = [];
  let length = 0;
  const entries = ["-show_entries", "chapter=start_time:chapter_tags=title", "-of", "json"];
  const result = await runFfprobe(run, [...entries, ...input], (line) => {
    length += line.length;
    if (length <= MAX_CHAPTER_CHARACTERS) lines.push(line);
  });
  if (result.exitCode !== 0 || length > MAX_CHAPTER_CHARACTERS) return [];
  const parsed = ProbedChapters.safeParse(parseJson(lines.join("\n")));
  if (!parsed.success) return [];
  return parsed.data.chapters.map(({ start_time: start, tags }) => ({
    start: start - startTime,
    title: tags.title,
  }));
}
