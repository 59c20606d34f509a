import type { VideoRendition } from "../../../workers/contract/transcode.ts";
import { type Complexity, expectedRate } from "./complexity.ts";

/**
 * Bits a second that the slowest connection takes. A rung is dropped where the one above it costs no more: it looks
 * better at any size.
 */
const SLOWEST = 160_000;

/** A player always has something to switch to, for a screen or a decoder that is too small for the top. */
const ALWAYS_KEPT = 2;

/**
 * Fits the ladder to one title: without the rungs that its content does not need, the top ones always kept.
 *
 * @param ladder lowest rung first
 */
export const fitLadder = (
  ladder: readonly VideoRendition[],
  complexity: Complexity,
): VideoRendition[] =>
  ladder.filter((_, index) => {
    const above = ladder[index + 1];
    if (above === undefined || index >= ladder.length - ALWAYS_KEPT) return true;
    const pixels = above.width * above.height;
    return expectedRate(complexity, pixels, above.frameRate, above.crf) > SLOWEST;
  });
