import type { SearchResult } from "../../contract/search.ts";
import type { Cue } from "../cues.ts";
import { marksOf } from "./highlight.ts";
import type { Matcher } from "./matcher.ts";
import { indexed, otherReadings, separated, tokenize, wordsInRow } from "./text.ts";

type Moment = SearchResult["items"][number]["moments"][number];

/** A film has about 1,500 cues; windows of this many seconds make that a hundred rows of the index. */
const WINDOW_SECONDS = 45;
/** 51 hours; also the room that each video has among the rowids. */
export const MAX_WINDOWS = 4096;

const windowOf = (cue: Cue): number =>
  Math.min(MAX_WINDOWS - 1, Math.floor(cue.start / WINDOW_SECONDS));

/** The words of a cue, and other readings of them. */
interface Said {
  window: number;
  row: string[];
  others: string[];
}

/**
 * The texts of a video's windows, ready for the index; empty where nothing is said. A window starts with the last cue
 * before it, so that a phrase across the border is found. Languages are kept apart by a separator, and other readings
 * of the words come last, so that a phrase goes on from cue to cue.
 */
export function windowTexts(tracks: readonly (readonly Cue[])[]): string[] {
  const windows: { rows: string[][]; others: Set<string> }[] = [];
  for (const track of tracks) {
    let before: Said | undefined;
    for (const cue of track.toSorted((a, b) => a.start - b.start)) {
      const window = windowOf(cue);
      const row = wordsInRow(cue.text);
      const others = otherReadings(cue.text);
      const entry = (windows[window] ??= { rows: [], others: new Set() });
      if (before?.window !== window) {
        entry.rows.push([...(before?.row ?? [])]);
        for (const other of before?.others ?? []) entry.others.add(other);
      }
      entry.rows.at(-1)?.push(...row);
      for (const other of others) entry.others.add(other);
      before = { window, row, others };
    }
  }
  return Array.from(windows, (window) =>
    window ? indexed(separated(window.rows), [...window.others]).join(" ") : "",
  );
}

/** The cue of a window in which most of the words are spoken, with its second. */
export function momentIn(
  window: number,
  tracks: readonly (readonly Cue[])[],
  words: readonly Matcher[],
): Moment | null {
  const spoken = tracks.flat().filter((cue) => Math.abs(windowOf(cue) - window) <= 1);
  const best = spoken
    .map((cue) => ({ cue, count: matched(cue.text, words), near: windowOf(cue) === window }))
    .toSorted(
      (a, b) => b.count - a.count || Number(b.near) - Number(a.near) || a.cue.start - b.cue.start,
    )[0];
  if (!best || best.count === 0) return null;
  const text = best.cue.text.replaceAll(/\s+/g, " ").trim();
  return { start: best.cue.start, text, marks: marksOf(text, words) };
}

/** How many of the words a text has. */
function matched(text: string, words: readonly Matcher[]): number {
  const tokens = tokenize(text).flatMap((token) => [token.text, ...(token.pairs ?? [])]);
  return words.filter((word) => tokens.some((token) => word.quality(token) > 0)).length;
}
