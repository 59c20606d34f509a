import type { Chapter, VideoChapters } from "../../../workers/contract/chapters.ts";
import { secondsOfTime, type TypedChapter } from "../../../workers/domain/chapter-faults.ts";
import { clock } from "../../format.ts";

/** A chapter as typed. */
export interface ChapterRow {
  /** Stable key, even when the rows change their order. */
  key: number;
  time: string;
  title: string;
}

export interface ChaptersDraft {
  saved: VideoChapters;
  /** The creator's list; null while the automatic chapters are shown. */
  rows: readonly ChapterRow[] | null;
}

/** `1:05`, or `1:05.5` for a time between seconds. */
export function timeText(seconds: number): string {
  const milliseconds = Math.round(seconds * 1000);
  const fraction = milliseconds % 1000;
  const whole = clock(Math.floor(milliseconds / 1000));
  return fraction === 0
    ? whole
    : `${whole}${(fraction / 1000).toFixed(3).slice(1)}`.replace(/0+$/, "");
}

export function rowsOf(chapters: readonly Chapter[]): ChapterRow[] {
  return chapters.map(({ start, title }, key) => ({ key, time: timeText(start), title }));
}

export function chaptersDraftOf(saved: VideoChapters): ChaptersDraft {
  return { saved, rows: saved.own && rowsOf(saved.own) };
}

/** The visible rows: the creator's, or the chapters that they would replace. */
export function shownRows({ saved, rows }: ChaptersDraft): readonly ChapterRow[] {
  return rows ?? rowsOf(saved.automatic);
}

export const typedOf = ({ time, title }: ChapterRow): TypedChapter => ({
  start: secondsOfTime(time),
  title: title.trim(),
});

/** In the order of their times; those without one stay at the end. */
export function sortRows(rows: readonly ChapterRow[]): ChapterRow[] {
  const place = (row: ChapterRow) => secondsOfTime(row.time) ?? Number.POSITIVE_INFINITY;
  return rows.toSorted((one, other) => {
    const [first, second] = [place(one), place(other)];
    return first === second ? 0 : first - second;
  });
}

/** Adds a chapter, and one at the beginning if it is the first chapter and starts later. */
export function addRow(
  rows: readonly ChapterRow[],
  second: number,
  titleOf: (number: number) => string,
): ChapterRow[] {
  const key = Math.max(-1, ...rows.map((row) => row.key)) + 1;
  if (rows.length === 0 && second > 0)
    return [
      { key, time: timeText(0), title: titleOf(1) },
      { key: key + 1, time: timeText(second), title: titleOf(2) },
    ];
  return sortRows([...rows, { key, time: timeText(second), title: titleOf(rows.length + 1) }]);
}

/** Whether a draft differs from the saved list. */
export function isChaptersChanged({ saved, rows }: ChaptersDraft): boolean {
  const [now, before] = [rows && sortRows(rows), saved.own && rowsOf(saved.own)];
  return JSON.stringify(now?.map(typedOf)) !== JSON.stringify(before?.map(typedOf));
}

/** The list in the API's form, once it has no faults. */
export function ownChaptersOf({ rows }: ChaptersDraft): Chapter[] | null {
  if (rows === null) return null;
  return sortRows(rows).flatMap((row) => {
    const { start, title } = typedOf(row);
    return start === null ? [] : [{ start, title }];
  });
}
