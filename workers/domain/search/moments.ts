import type { SearchResult } from "../../contract/search.ts";
import type { Cue } from "../captions/cues.ts";
import { CUE_WINDOW_SECONDS, windowNumber } from "./cue-windows.ts";
import { formsOf, marksOf } from "./highlight.ts";
import type { Matcher } from "./matcher.ts";
import { tokenize, wordSequence } from "./text.ts";

export type Moment = SearchResult["items"][number]["moments"][number];

/** Moments shown per video. */
const MAX_MOMENTS = 3;

/** The starts of windows, as moments of captions that cannot be read now. */
export function windowStarts(windows: readonly number[]): Moment[] {
  return windows
    .slice(0, MAX_MOMENTS)
    .map((window) => ({ start: window * CUE_WINDOW_SECONDS, text: "", marks: [] }));
}

interface CueMatch {
  cue: Cue;
  /** Number of words and phrases of the query that begin in the cue; see `countMatches`. */
  count: number;
  isInWindow: boolean;
}

/** The cues of these windows that match most of the query, best first, starting at seconds of the video. */
export function momentsIn(
  windows: readonly number[],
  track: readonly Cue[],
  words: readonly Matcher[],
  phrases: readonly string[][],
): Moment[] {
  const matches = windows.flatMap((window) => bestCueOf(window, track, words, phrases) ?? []);
  // A phrase across a border is found in both windows.
  const unique = [...new Map(matches.map((match) => [match.cue.start, match])).values()];
  return unique
    .toSorted((a, b) => b.count - a.count || a.cue.start - b.cue.start)
    .slice(0, MAX_MOMENTS)
    .map(({ cue }) => {
      const text = cue.text.replaceAll(/\s+/g, " ").trim();
      return { start: cue.start, text, marks: marksOf(text, words) };
    });
}

function bestCueOf(
  window: number,
  track: readonly Cue[],
  words: readonly Matcher[],
  phrases: readonly string[][],
): CueMatch | null {
  const matches = track.flatMap((cue, i): CueMatch[] => {
    const number = windowNumber(cue);
    // A window starts with the last cue of the one before.
    if (Math.abs(number - window) > 1) return [];
    const count = countMatches(cue, track[i + 1], words, phrases);
    return count > 0 ? [{ cue, count, isInWindow: number === window }] : [];
  });
  const [best] = matches.toSorted(
    (a, b) =>
      b.count - a.count || Number(b.isInWindow) - Number(a.isInWindow) || a.cue.start - b.cue.start,
  );
  return best ?? null;
}

/**
 * How many words of the query a cue contains. A phrase that starts in it counts more than all words together, even if
 * it ends in the next cue.
 */
function countMatches(
  cue: Cue,
  next: Cue | undefined,
  words: readonly Matcher[],
  phrases: readonly string[][],
): number {
  const forms = tokenize(cue.text).flatMap(formsOf);
  const wordCount = words.filter((word) => forms.some((form) => word.quality(form) > 0)).length;
  const own = wordSequence(cue.text);
  const sequence = [...own, ...wordSequence(next?.text ?? "")];
  const phraseCount = phrases.filter((phrase) =>
    own.some((_, at) => phrase.every((word, i) => sequence[at + i] === word)),
  ).length;
  return wordCount + phraseCount * (words.length + 1);
}
