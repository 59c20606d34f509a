import type { Fraction } from "../../../workers/contract/source.ts";

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
/** Frames a second of an output, at most. */
export const MAX_RATE = 60;
/** A source that is above a rate by less has a sloppy clock, and is not faster. */
export const RATE_SLACK = 1.02;
/** Average and typical interval of a constant rate differ by less. */
const CONSTANT = 0.05;
/** Intervals in a row that show a moving picture, not a burst; and by how many each row begins after the one before. */
const ROW = 12;
const STEP = 6;
/** A row that is faster by more is no jitter. */
const FASTER = 1.5;

export const rateOf = ({ num, den }: Fraction): number => num / den;

/** `30000/1001` as ffprobe writes it; undefined for `0/0` and anything else without a value. */
export const parseRate = (text: string | undefined): Fraction | undefined => {
  const [num = 0, den = 0] = (text ?? "").split("/").map(Number);
  return Number.isInteger(num) && Number.isInteger(den) && num > 0 && den > 0
    ? { num, den }
    : undefined;
};

const medianOf = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Frames a second where the picture moves fastest. */
const fastestRow = (gaps: readonly number[]): number => {
  const rows = Math.max(0, Math.floor((gaps.length - ROW) / STEP) + 1);
  return Math.max(
    0,
    ...Array.from(
      { length: rows },
      (_, row) => 1 / medianOf(gaps.slice(row * STEP, row * STEP + ROW)),
    ),
  );
};

/**
 * Frames a second of a stretch of a film, from the presentation times of its packets; undefined of a single frame.
 * Of a variable rate it is the typical one while the picture moves, since the average would drop frames.
 */
const stretchRate = (
  header: Fraction | undefined,
  times: readonly number[],
): number | undefined => {
  const sorted = times.toSorted((a, b) => a - b);
  const gaps = sorted
    .slice(1)
    .map((time, index) => time - (sorted[index] ?? time))
    .filter((gap) => gap > 0.0005);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined || gaps.length === 0) return undefined;
  const measured = gaps.length / (last - first);
  const typical = 1 / medianOf(gaps);
  const fastest = fastestRow(gaps);
  if (fastest > typical * FASTER) return Math.max(measured, Math.min(MAX_RATE, fastest));
  if (Math.abs(typical - measured) > measured * CONSTANT) return Math.max(typical, measured);
  return header !== undefined && Math.abs(rateOf(header) - measured) <= measured * CONSTANT
    ? rateOf(header)
    : measured;
};

/**
 * Frames a second of a source, from its header and the presentation times of packets at its beginning and elsewhere.
 * Headers are wrong in some files (Matroska and FLV say 1000), so a header counts only where packets agree.
 * No frame is to be lost: a stretch that is faster than the beginning counts, if it has enough frames to tell.
 *
 * @param stretches times in seconds, in any order; the first is the beginning
 */
export const sourceRate = (
  average: Fraction | undefined,
  nominal: Fraction | undefined,
  stretches: readonly (readonly number[])[],
): number => {
  const header = average ?? nominal;
  const [beginning = [], ...others] = stretches;
  const rate = stretchRate(header, beginning) ?? (header === undefined ? 25 : rateOf(header));
  const fastest = Math.max(
    0,
    ...others.filter((times) => times.length > ROW).map((times) => stretchRate(header, times) ?? 0),
  );
  return outdoes(fastest, rate) ? Math.min(fastest, Math.max(rate, MAX_RATE)) : rate;
};

/** Is it more than the same rate with a coarser clock? */
export const outdoes = (rate: number, other: number): boolean => rate > other * (1 + CONSTANT);

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
