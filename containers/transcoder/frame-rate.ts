import type { Fraction } from "../../workers/contract/transcode.ts";

/** Rates an output may have, frames a second. */
const STANDARD: readonly Fraction[] = [
  ...[1, 2, 3, 4, 5, 6, 8].map((num) => ({ num, den: 1 })),
  { num: 10, den: 1 },
  { num: 12, den: 1 },
  { num: 25, den: 2 },
  { num: 15000, den: 1001 },
  { num: 15, den: 1 },
  { num: 18, den: 1 },
  { num: 20, den: 1 },
  { num: 24000, den: 1001 },
  { num: 24, den: 1 },
  { num: 25, den: 1 },
  { num: 30000, den: 1001 },
  { num: 30, den: 1 },
  { num: 48, den: 1 },
  { num: 50, den: 1 },
  { num: 60000, den: 1001 },
  { num: 60, den: 1 },
];
const MAX_RATE = 60;
/** A source that is above a rate by less has a sloppy clock, and is not faster. */
export const RATE_SLACK = 1.02;
/** Average and typical interval of a constant rate differ by less. */
const CONSTANT = 0.05;

export const rateOf = ({ num, den }: Fraction): number => num / den;

/** `30000/1001` as ffprobe writes it; undefined for `0/0` and anything else without a value. */
export const parseRate = (text: string | undefined): Fraction | undefined => {
  const [num = 0, den = 0] = (text ?? "").split("/").map(Number);
  return Number.isInteger(num) && Number.isInteger(den) && num > 0 && den > 0
    ? { num, den }
    : undefined;
};

/**
 * Frames a second of a source, from its header and the presentation times of its first packets.
 * Headers are wrong in some files (Matroska and FLV say 1000), so a header counts only where packets agree.
 * Of a variable rate it is the typical rate while the picture moves, since the average would drop frames.
 *
 * @param times seconds, in any order
 */
export const sourceRate = (
  average: Fraction | undefined,
  nominal: Fraction | undefined,
  times: readonly number[],
): number => {
  const sorted = [...times].sort((a, b) => a - b);
  const gaps = sorted
    .slice(1)
    .map((time, index) => time - (sorted[index] ?? time))
    .filter((gap) => gap > 0.0005);
  const header = average ?? nominal;
  const first = sorted[0];
  const last = sorted.at(-1);
  const median = [...gaps].sort((a, b) => a - b)[Math.floor(gaps.length / 2)];
  if (first === undefined || last === undefined || median === undefined)
    return header === undefined ? 25 : rateOf(header);
  const measured = gaps.length / (last - first);
  const typical = 1 / median;
  if (Math.abs(typical - measured) > measured * CONSTANT) return Math.max(typical, measured);
  return header !== undefined && Math.abs(rateOf(header) - measured) <= measured * CONSTANT
    ? rateOf(header)
    : measured;
};

/** The standard output rate for a source rate: the nearest one, after halving until it is at most 60. */
export const outputRate = (source: number): Fraction => {
  let rate = source;
  while (rate > MAX_RATE * RATE_SLACK) rate /= 2;
  return STANDARD.reduce((best, candidate) =>
    Math.abs(Math.log(rateOf(candidate) / rate)) < Math.abs(Math.log(rateOf(best) / rate))
      ? candidate
      : best,
  );
};
