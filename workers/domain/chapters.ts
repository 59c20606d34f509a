import {
  MAX_CHAPTER_TITLE_LENGTH,
  MAX_CHAPTERS,
  MIN_CHAPTERS,
} from "../contract/chapter-limits.ts";
import type { Chapter, VideoChapters } from "../contract/chapters.ts";
import type { Clip } from "../contract/sharing.ts";
import { isBlank, UNSEEN_CHARACTERS } from "../contract/unseen-text.ts";
import { cutText } from "./cut-text.ts";

/** A line that begins with a time: `1:02:03 The storm`, `(0:45) - Arrival`, `• 12:30 – Home`. */
const TIMESTAMP_LINE = /^[\s•*[(-]*((?:\d{1,2}:)?\d{1,2}:\d{2})[\])]?[\s:|–—-]*(\S.*)$/u;
/** The same minimum as on YouTube: fewer times are remarks about the video rather than a list of its parts. */
const MIN_DESCRIBED_CHAPTERS = 3;

function secondsOf(time: string): number {
  return time.split(":").reduce((seconds, part) => seconds * 60 + Number(part), 0);
}

/**
 * The chapters that a description lists, one per line: the first at 0:00, at least three. Times that go back, and those
 * beyond the end, belong to something else.
 * @param duration seconds
 */
function describedChapters(description: string, duration: number): Chapter[] {
  const chapters: Chapter[] = [];
  for (const line of description.split("\n")) {
    const [, time, title] = TIMESTAMP_LINE.exec(line) ?? [];
    if (time === undefined || title === undefined) continue;
    const start = secondsOf(time);
    const earliest = chapters.at(-1)?.start;
    if (earliest === undefined ? start !== 0 : start <= earliest) continue;
    if (start >= duration) continue;
    chapters.push({ title: title.trim(), start });
    if (chapters.length === MAX_CHAPTERS) break;
  }
  return chapters.length < MIN_DESCRIBED_CHAPTERS ? [] : chapters;
}

/**
 * Chapters of a file as viewers may see them: in order, within the video, and with titles that can be read. One chapter
 * is no choice.
 * @param found times and titles as the file has them
 * @param duration seconds
 */
export function usableChapters(
  found: readonly { start: number; title: string }[],
  duration: number,
): Chapter[] {
  const chapters: Chapter[] = [];
  const inOrder = found.toSorted((one, other) => one.start - other.start);
  for (const { start: foundStart, title: foundTitle } of inOrder) {
    const start = Math.max(0, foundStart);
    const isUsable = start < duration && start > (chapters.at(-1)?.start ?? -1);
    if (!isUsable) continue;
    const title = cutText(
      foundTitle.replaceAll(UNSEEN_CHARACTERS, " ").trim(),
      MAX_CHAPTER_TITLE_LENGTH,
    );
    const name = isBlank(title) ? `Chapter ${chapters.length + 1}` : title;
    chapters.push({ start, title: name });
    if (chapters.length === MAX_CHAPTERS) break;
  }
  return chapters.length < MIN_CHAPTERS ? [] : chapters;
}

export interface ChapteredVideo {
  description: string;
  /** Seconds. */
  duration: number | null;
  /** Chapters of the source. */
  chapters: Chapter[];
  /** The creator's list; null if there is none. */
  ownChapters: Chapter[] | null;
}

/** The chapters of a video whose creator has not listed any: the ones in its description, or else in its file. */
export function automaticChapters({
  description,
  duration,
  chapters,
}: Omit<ChapteredVideo, "ownChapters">): Pick<VideoChapters, "automatic" | "source"> {
  if (duration === null) return { automatic: [], source: null };
  const described = describedChapters(description, duration);
  if (described.length > 0) return { automatic: described, source: "description" };
  return { automatic: chapters, source: chapters.length > 0 ? "file" : null };
}

/** The chapters of a video: those that its creator has listed, or else the automatic ones. */
export function chaptersOf(video: ChapteredVideo): Chapter[] {
  const { ownChapters, duration } = video;
  if (ownChapters === null) return automaticChapters(video).automatic;
  // Another source may be shorter.
  return ownChapters.filter(({ start }) => start < (duration ?? 0));
}

/** Chapters with their ends. @param duration seconds */
export function clipsOf(chapters: readonly Chapter[], duration: number): Clip[] {
  return chapters.map(({ title, start }, index) => ({
    title,
    start,
    end: chapters[index + 1]?.start ?? duration,
  }));
}
