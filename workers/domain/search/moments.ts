import type { SearchResult } from "../../contract/search.ts";
import { MAX_CAPTION_TRACKS } from "../../contract/captions.ts";
import type { Cue } from "../cues.ts";
import { formsOf, marksOf } from "./highlight.ts";
import type { Matcher } from "./matcher.ts";
import { indexed, otherReadings, tokenize, wordsInRow } from "./text.ts";

type Moment = SearchResult["items"][number]["moments"][number];

/** A film has about 1,500 cues; windows of this many seconds make that a hundred rows of the index. */
const WINDOW_SECONDS = 45;
/** 51 hours. */
const MAX_WINDOWS = 4096;
/** The room that each video has among the rowids: a row for each window of each of its tracks. */
export const VIDEO_ROWS = MAX_WINDOWS * MAX_CAPTION_TRACKS;

/** A window of a caption track, both numbered from 0. */
export interface Place {
  window: number;
  track: number;
}

/** Number of a place among the rows of its video: earlier windows first. */
export const rowOf = ({ window, track }: Place): number => window * MAX_CAPTION_TRACKS + track;

export const placeOf = (row: number): Place => ({
  window: Math.floor(row / MAX_CAPTION_TRACKS),
  track: row % MAX_CAPTION_TRACKS,
});

const windowOf = (cue: Cue): number =>
  Math.min(MAX_WINDOWS - 1, Math.floor(cue.start / WINDOW_SECONDS));

/** The words of a cue, and other readings of them. */
interface Said {
  window: number;
  row: string[];
  others: string[];
}

/**
 * The texts of a track's windows, ready for the index; empty where nothing is said. A window starts with the last cue
 * before it, so that a phrase across the border is found. Other readings of the words come last, so that a phrase goes
 * on from cue to cue.
 */
export function windowTexts(track: readonly Cue[]): string[] {
  const windows: { row: string[]; others: Set<string> }[] = [];
  let before: Said | undefined;
  for (const cue of track.toSorted((a, b) => a.start - b.start)) {
    const window = windowOf(cue);
    const row = wordsInRow(cue.text);
    const others = otherReadings(cue.text);
    const entry = (windows[window] ??= {
      row: [...(before?.row ?? [])],
      others: new Set(before?.others),
    });
    entry.row.push(...row);
    for (const other of others) entry.others.add(other);
    before = { window, row, others };
  }
  return Array.from(windows, (window) =>
    window ? indexed(window.row, [...window.others]).join(" ") : "",
  );
}

/** Moments shown of one video. */
const MAX_MOMENTS = 3;

/** Where windows begin, for what cannot be read now. */
export const windowStarts = (windows: readonly number[]): Moment[] =>
  windows
    .slice(0, MAX_MOMENTS)
    .map((window) => ({ start: window * WINDOW_SECONDS, text: "", marks: [] }));

/** A cue with how much of what was asked for begins in it. */
interface Heard {
  cue: Cue;
  count: number;
  near: boolean;
}

/** The cues of these windows in which most is spoken of what was asked for, best first, with their seconds. */
export function momentsIn(
  windows: readonly number[],
  track: readonly Cue[],
  words: readonly Matcher[],
  phrases: readonly string[][],
): Moment[] {
  const heard = windows.flatMap((window) => heardIn(window, track, words, phrases) ?? []);
  // A phrase across a border is found in both windows.
  const once = [...new Map(heard.map((one) => [one.cue.start, one])).values()];
  return once
    .toSorted((a, b) => b.count - a.count || a.cue.start - b.cue.start)
    .slice(0, MAX_MOMENTS)
    .map(({ cue }) => {
      const text = cue.text.replaceAll(/\s+/g, " ").trim();
      return { start: cue.start, text, marks: marksOf(text, words) };
    });
}

/** The best cue of a window. */
function heardIn(
  window: number,
  track: readonly Cue[],
  words: readonly Matcher[],
  phrases: readonly string[][],
): Heard | null {
  const heard = track.flatMap((cue, i): Heard[] => {
    const place = windowOf(cue);
    if (Math.abs(place - window) > 1) return [];
    const count = spokenIn(cue, track[i + 1], words, phrases);
    return count > 0 ? [{ cue, count, near: place === window }] : [];
  });
  const [best] = heard.toSorted(
    (a, b) => b.count - a.count || Number(b.near) - Number(a.near) || a.cue.start - b.cue.start,
  );
  return best ?? null;
}

/** How many of the words a cue has; a phrase that begins in it, be it to end in the next, counts more than any words. */
function spokenIn(
  cue: Cue,
  next: Cue | undefined,
  words: readonly Matcher[],
  phrases: readonly string[][],
): number {
  const tokens = tokenize(cue.text).flatMap(formsOf);
  const single = words.filter((word) => tokens.some((token) => word.quality(token) > 0)).length;
  const own = wordsInRow(cue.text);
  const row = [...own, ...wordsInRow(next?.text ?? "")];
  const whole = phrases.filter((phrase) =>
    own.some((_, at) => phrase.every((word, i) => row[at + i] === word)),
  ).length;
  return single + whole * (words.length + 1);
}
