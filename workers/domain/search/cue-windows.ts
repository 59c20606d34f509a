import { MAX_CAPTION_TRACKS } from "../../contract/captions.ts";
import type { Cue } from "../captions/cues.ts";
import { withVariants, wordSequence, wordVariants } from "./text.ts";

/** A two-hour video has about 1,500 cues; windows of this length make them some 160 rows of the index. */
export const CUE_WINDOW_SECONDS = 45;
/** 51 hours. */
const MAX_WINDOWS = 4096;
/** The rowids reserved for each video: one for each window of each of its tracks. */
export const ROWS_PER_VIDEO = MAX_WINDOWS * MAX_CAPTION_TRACKS;

/** A window of a caption track, both numbered from 0. */
export interface CueWindow {
  window: number;
  track: number;
}

/** The row of a window among its video's windows: earlier windows first. */
export const windowRow = ({ window, track }: CueWindow): number =>
  window * MAX_CAPTION_TRACKS + track;

export function windowAtRow(row: number): CueWindow {
  return {
    window: Math.floor(row / MAX_CAPTION_TRACKS),
    track: row % MAX_CAPTION_TRACKS,
  };
}

/** Number of the window in which a cue starts. */
export const windowNumber = (cue: Cue): number =>
  Math.min(MAX_WINDOWS - 1, Math.floor(cue.start / CUE_WINDOW_SECONDS));

/**
 * The texts of a track's windows, ready for the index; empty for a window without cues. A window starts with the last cue
 * of the one before, so that a phrase across the border is found. Word variants come last, so that a phrase can continue
 * from cue to cue.
 */
export function windowTexts(track: readonly Cue[]): string[] {
  const windows: { words: string[]; variants: Set<string> }[] = [];
  let previous: { words: string[]; variants: string[] } | undefined;
  for (const cue of track.toSorted((a, b) => a.start - b.start)) {
    const words = wordSequence(cue.text);
    const variants = wordVariants(cue.text);
    const window = (windows[windowNumber(cue)] ??= {
      words: [...(previous?.words ?? [])],
      variants: new Set(previous?.variants),
    });
    window.words.push(...words);
    for (const variant of variants) window.variants.add(variant);
    previous = { words, variants };
  }
  return Array.from(windows, (window) =>
    window ? withVariants(window.words, [...window.variants]).join(" ") : "",
  );
}
