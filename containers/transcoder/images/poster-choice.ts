/** Brightness of an 8-bit picture that says least against it; limited range runs from 16 to 235. */
const MIDDLE = 115;
/** Standard deviation below which a picture is one flat colour. */
const FLAT = 12;

/**
 * How good a still a picture makes: contrast and edges count for it, darkness and glare against it. A blend of two
 * shots has about half the contrast and half the edges of either, so it loses to both.
 *
 * @param luma 8-bit samples, row by row
 */
export const stillQuality = (luma: Uint8Array, width: number): number => {
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
  if (deviation < FLAT) return deviation / 1000;
  return (
    (deviation + Math.min(40, (4 * edges) / samples)) *
    (1 - 0.8 * Math.min(1, Math.abs(mean - MIDDLE) / MIDDLE))
  );
};

/**
 * Index of the picture that makes the best poster. The first and last tenth are left out where there is enough to
 * choose from: they hold titles and credits.
 */
export const choosePoster = (qualities: readonly number[]): number => {
  const margin = Math.floor(qualities.length / 10);
  const inner = qualities.slice(margin, qualities.length - margin);
  return margin + inner.indexOf(Math.max(...inner));
};
