import { MAX_CHAPTERS, MIN_CHAPTERS } from "../contract/chapter-limits.ts";
import type { Chapter } from "../contract/chapters.ts";
import { isBlank } from "../contract/unseen-text.ts";

export type ChapterFault =
  | "no-time"
  | "no-title"
  | "first-not-at-start"
  | "same-time"
  | "after-end"
  | "too-few"
  | "too-many";

/** A chapter as typed by its creator. */
export interface TypedChapter {
  /** Seconds; null for a text that is no time. */
  start: number | null;
  title: string;
}

/**
 * Errors in a list of chapters, by the index of the chapter: the studio shows them before the server refuses the list.
 * The order is not an error: a list is sorted by its times.
 * @param duration seconds
 */
export function chapterFaults(
  chapters: readonly TypedChapter[],
  duration: number,
): Map<number, ChapterFault> {
  const faults = new Map<number, ChapterFault>();
  const times = chapters.flatMap(({ start }) => start ?? []);
  const earliest = Math.min(...times);
  for (const [index, { start, title }] of chapters.entries()) {
    const isRepeated = chapters.slice(0, index).some((earlier) => earlier.start === start);
    if (start === null) faults.set(index, "no-time");
    else if (start >= duration) faults.set(index, "after-end");
    else if (isRepeated) faults.set(index, "same-time");
    else if (start === earliest && start !== 0) faults.set(index, "first-not-at-start");
    else if (isBlank(title)) faults.set(index, "no-title");
  }
  if (chapters.length > 0 && chapters.length < MIN_CHAPTERS && faults.size === 0)
    faults.set(0, "too-few");
  if (chapters.length > MAX_CHAPTERS && !faults.has(MAX_CHAPTERS))
    faults.set(MAX_CHAPTERS, "too-many");
  return faults;
}

/** The seconds of `1:02:03`, `4:05` or `90`, with fractions or without; null for anything else. */
export function secondsOfTime(text: string): number | null {
  const parts = /^(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,6}(?:\.\d{1,3})?)$/.exec(text.trim());
  if (!parts) return null;
  const [, hours = "0", minutes = "0", seconds = "0"] = parts;
  const isClock = text.includes(":");
  if (isClock && Number(seconds) >= 60) return null;
  if (parts[1] !== undefined && Number(minutes) >= 60) return null;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** Chapters in the order of their times. */
export function inOrder(chapters: readonly Chapter[]): Chapter[] {
  return chapters.toSorted((one, other) => one.start - other.start);
}
