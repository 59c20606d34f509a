/** An encode: bits per second, and its similarity to the source at the source's size in decibels. */
export interface Point {
  rate: number;
  quality: number;
}

/** The points that no other point beats in both values, by rising rate: those that a player would choose. */
export function paretoFront(points: readonly Point[]): Point[] {
  const sorted = points.toSorted((a, b) => a.rate - b.rate || b.quality - a.quality);
  return sorted.filter((point, index) =>
    sorted.slice(0, index).every(({ quality }) => quality < point.quality),
  );
}

/** Logarithm of the rate at a quality inside the curve, linear between points. */
function logRateAt(curve: readonly Point[], quality: number): number {
  if (curve.length === 1) return Math.log(curve[0]?.rate ?? Number.NaN);
  const above = Math.max(
    1,
    curve.findIndex((point) => point.quality >= quality),
  );
  const [low, high] = [curve[above - 1], curve[above]];
  if (low === undefined || high === undefined) throw new Error("quality outside of the curve");
  const share = (quality - low.quality) / (high.quality - low.quality);
  return Math.log(low.rate) + share * (Math.log(high.rate) - Math.log(low.rate));
}

const STEPS = 200;

/**
 * The share of bits that `test` needs more than `anchor`: 1 is twice as many. `at most` if the worst of `test` is better
 * than the best of `anchor`; `unreached` and infinite if the best of `test` is worse than the worst of `anchor`.
 */
export interface Delta {
  kind: "measured" | "at most" | "unreached";
  rate: number;
}

/**
 * Bjøntegaard's delta rate: the average over the qualities that both curves reach (a single one if a ladder has one
 * rendition). The curves are piecewise linear.
 *
 * @throws Error when a curve has no point, or a point no quality
 */
export function deltaRate(anchor: readonly Point[], test: readonly Point[]): Delta {
  if ([...anchor, ...test].some(({ quality }) => Number.isNaN(quality)))
    throw new Error("a quality was not measured");
  const [a, b] = [paretoFront(anchor), paretoFront(test)];
  const ends = [a[0], a.at(-1), b[0], b.at(-1)] as const;
  const [worstAnchor, bestAnchor, worstTest, bestTest] = ends;
  if (!worstAnchor || !bestAnchor || !worstTest || !bestTest) throw new Error("an empty curve");
  if (bestTest.quality < worstAnchor.quality) return { kind: "unreached", rate: Infinity };
  if (worstTest.quality > bestAnchor.quality)
    return { kind: "at most", rate: worstTest.rate / bestAnchor.rate - 1 };
  const from = Math.max(worstAnchor.quality, worstTest.quality);
  const to = Math.min(bestAnchor.quality, bestTest.quality);
  let sum = 0;
  for (let step = 0; step < STEPS; step += 1) {
    const quality = from + ((step + 0.5) / STEPS) * (to - from);
    sum += logRateAt(b, quality) - logRateAt(a, quality);
  }
  return { kind: "measured", rate: Math.exp(sum / STEPS) - 1 };
}
