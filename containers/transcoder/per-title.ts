import type { VideoRendition } from "../../workers/contract/transcode.ts";
import { type Complexity, expectedRate } from "./complexity.ts";

/**
 * Bits a second that the slowest connection takes. A rung is dropped where the one above it costs no more: it looks
 * better at any size.
 */
const SLOWEST = 250_000;

/**
 * Fits the ladder to one title: without the rungs that its content does not need, the top one always kept.
 *
 * @param ladder lowest rung first
 */
export const fitLadder = (
  ladder: readonly VideoRendition[],
  complexity: Complexity,
): VideoRendition[] =>
  ladder.filter((_, index) => {
    const above = ladder[index + 1];
    if (above === undefined) return true;
    const rate = expectedRate(complexity, above.width * above.height, above.frameRate, above.crf);
    return rate > SLOWEST;
  });
