import type { VideoRendition } from "../../../workers/contract/transcodes.ts";
import { type Complexity, expectedRate } from "./complexity.ts";

/**
 * A rate that every connection sustains. A rendition is dropped if the next higher one needs no more than this, because
 * that one looks better at any size.
 */
const SLOWEST_CONNECTION_BITS_PER_SECOND = 160_000;

/**
 * Two renditions are always kept, so that a player can switch when the top one is too much for its screen or decoder.
 */
const MIN_RENDITIONS = 2;

/**
 * Fits the ladder to one video by dropping the renditions that its content does not need. The top ones are kept.
 *
 * @param ladder lowest rendition first
 */
export function fitLadder(
  ladder: readonly VideoRendition[],
  complexity: Complexity,
): VideoRendition[] {
  return ladder.filter((_, index) => {
    const above = ladder[index + 1];
    if (above === undefined || index >= ladder.length - MIN_RENDITIONS) return true;
    const pixels = above.width * above.height;
    return (
      expectedRate(complexity, pixels, above.frameRate, above.crf) >
      SLOWEST_CONNECTION_BITS_PER_SECOND
    );
  });
}
