/** One encode: bits a second, and decibels of similarity to the source at the source's size. */
export type Point = { rate: number; quality: number };

/** Points that no other beats in both, by rising rate: what a player that picks the best for its bandwidth sees. */
export const front = (points: readonly Point[]): Point[] => {
  const sorted = points.toSorted((a, b) => a.rate - b.rate || b.quality - a.quality);
  return sorted.filter((point, index) =>
    sorted.slice(0, index).every(({ quality }) => quality < point.quality),
  );
};

/** Logarithm of the rate at a quality inside the curve, straight between points. */
const logRateAt = (curve: readonly Point[], quality: number): number => {
  if (curve.length === 1) return Math.log(curve[0]?.rate ?? Number.NaN);
  const above = Math.max(
    1,
    curve.findIndex((point) => point.quality >= quality),
  );
  const [low, high] = [curve[above - 1], curve[above]];
  if (low === undefined || high === undefined) throw new Error("quality outside of the curve");
  const share = (quality - low.quality) / (high.quality - low.quality);
  return Math.log(low.rate) + share * (Math.log(high.rate) - Math.log(low.rate));
};

const STEPS = 200;

/**
 * Bjøntegaard's delta rate: how many bits `test` takes more (1 is twice) than `anchor` at equal quality, on average
 * over the qualities that both reach: one, where a ladder has one rung. Piecewise linear, as a ladder is: between two rungs there is nothing.
 *
 * @returns undefined where the curves share no quality
 */
export const deltaRate = (anchor: readonly Point[], test: readonly Point[]): number | undefined => {
  const [a, b] = [front(anchor), front(test)];
  const from = Math.max(a[0]?.quality ?? Infinity, b[0]?.quality ?? Infinity);
  const to = Math.min(a.at(-1)?.quality ?? -Infinity, b.at(-1)?.quality ?? -Infinity);
  if (a.length === 0 || b.length === 0 || to < from) return undefined;
  let sum = 0;
  for (let step = 0; step < STEPS; step += 1) {
    const quality = from + ((step + 0.5) / STEPS) * (to - from);
    sum += logRateAt(b, quality) - logRateAt(a, quality);
  }
  return Math.exp(sum / STEPS) - 1;
};
