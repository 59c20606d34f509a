/** How long the first segment of the video may take to load. From the second on, hls.js chooses by what it measures. */
const FIRST_SEGMENT_SECONDS = 0.5;
/** Of our streams (workers/domain/tasks/plan-settings.ts); copied ones have about as much. */
const SEGMENT_SECONDS = 4;

/**
 * The best level whose first segment arrives soon. By default, hls.js would load a segment of the smallest level first,
 * only to measure the connection, and then wait up to four seconds for a better one.
 * @param levels ascending
 * @param bandwidth bits per second that can be expected
 * @param maxLevel the best one that the player may use
 */
export function startLevelOf(
  levels: readonly { bitrate: number }[],
  bandwidth: number,
  maxLevel: number,
): number {
  const soon = levels.findLastIndex(
    ({ bitrate }, index) =>
      index <= maxLevel && bitrate * SEGMENT_SECONDS <= bandwidth * FIRST_SEGMENT_SECONDS,
  );
  return Math.max(0, soon);
}
