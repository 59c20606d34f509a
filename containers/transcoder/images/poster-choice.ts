/** Mean luma of a well-exposed frame; limited range runs from 16 to 235. */
const IDEAL_LUMA = 115;
/** Standard deviation of luma below which a frame is considered blank. */
const MIN_LUMA_DEVIATION = 12;

/**
 * Rates a frame as a poster: contrast and edges raise the score, darkness and glare lower it. A cross-fade has about
 * half the contrast and half the edges of either shot, so it loses to both.
 *
 * @param luma 8-bit samples, row by row
 */
export function posterScore(luma: Uint8Array, width: number): number {
  const height = Math.floor(luma.length / width);
  let sum = 0;
  let squares = 0;
  let edges = 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const value = luma[y * width + x] ?? 0;
      sum += value;
      squares += value * value;
      if (x > 0) edges += Math.abs(value - (luma[y * width + x - 1] ?? 0));
      if (y > 0) edges += Math.abs(value - (luma[(y - 1) * width + x] ?? 0));
    }
  }
  const samples = width * height;
  const mean = sum / samples;
  const deviation = Math.sqrt(Math.max(0, squares / samples - mean * mean));
  if (deviation < MIN_LUMA_DEVIATION) return deviation / 1000;
  return (
    (deviation + Math.min(40, (4 * edges) / samples)) *
    (1 - 0.8 * Math.min(1, Math.abs(mean - IDEAL_LUMA) / IDEAL_LUMA))
  );
}

/**
 * Index of the frame with the highest score. The first and last tenth are left out if there are enough frames, because
 * they usually show titles and credits.
 */
export function choosePoster(scores: readonly number[]): number {
  const margin = Math.floor(scores.length / 10);
  const inner = scores.slice(margin, scores.length - margin);
  return margin + inner.indexOf(Math.max(...inner));
}
