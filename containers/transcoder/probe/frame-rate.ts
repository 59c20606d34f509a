import type { Fraction } from "../../../workers/contract/source.ts";

/** Frame rates an output may have. */
const STANDARD_RATES: readonly Fraction[] = [
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
/** Maximum rate of an output, in frames per second. */
export const MAX_FRAME_RATE = 60;
/** In frames per second: below this, even steps are not worth the lost frames. */
const MIN_EVEN_RATE = 24;
/** A source that exceeds a rate by less than this factor has an inaccurate clock rather than a higher rate. */
export const FRAME_RATE_TOLERANCE = 1.02;
/** At a constant rate, the average and the median interval differ by less than this share. */
const CONSTANT_RATE_TOLERANCE = 0.05;
/** Consecutive intervals between frames that are enough to tell motion from a burst of packets. */
const WINDOW_INTERVALS = 12;
/** Intervals between the starts of two windows. */
const WINDOW_STEP = 6;
/** A window that is faster than the typical rate by more than this factor is motion rather than jitter. */
const MOTION_FACTOR = 1.5;

/** Frames per second as a number. */
export const rateOf = ({ num, den }: Fraction): number => num / den;

/** Parses a rate as ffprobe writes it, such as `30000/1001`; undefined for `0/0` and anything else without a value. */
export function parseRate(text: string | undefined): Fraction | undefined {
  const [num = 0, den = 0] = (text ?? "").split("/").map(Number);
  return Number.isInteger(num) && Number.isInteger(den) && num > 0 && den > 0
    ? { num, den }
    : undefined;
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Frames per second in the fastest window. */
function fastestWindowRate(gaps: readonly number[]): number {
  const windows = Math.max(0, Math.floor((gaps.length - WINDOW_INTERVALS) / WINDOW_STEP) + 1);
  return Math.max(
    0,
    ...Array.from({ length: windows }, (_, window) => {
      const start = window * WINDOW_STEP;
      return 1 / medianOf(gaps.slice(start, start + WINDOW_INTERVALS));
    }),
  );
}

/**
 * Frames per second of one stretch, from the presentation times of its packets; undefined for a single frame. For a
 * variable rate this is the typical rate during motion, because the average would drop frames.
 */
function stretchRate(header: Fraction | undefined, times: readonly number[]): number | undefined {
  const sorted = times.toSorted((a, b) => a - b);
  const gaps = sorted
    .slice(1)
    .map((time, index) => time - (sorted[index] ?? time))
    .filter((gap) => gap > 0.0005);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined || gaps.length === 0) return undefined;
  const measured = gaps.length / (last - first);
  const typical = 1 / medianOf(gaps);
  const fastest = fastestWindowRate(gaps);
  if (fastest > typical * MOTION_FACTOR)
    return Math.max(measured, Math.min(MAX_FRAME_RATE, fastest));
  if (Math.abs(typical - measured) > measured * CONSTANT_RATE_TOLERANCE)
    return Math.max(typical, measured);
  return header !== undefined &&
    Math.abs(rateOf(header) - measured) <= measured * CONSTANT_RATE_TOLERANCE
    ? rateOf(header)
    : measured;
}

/**
 * Frames per second of a source, from its header and the presentation times of packets at its beginning and elsewhere.
 * Some headers are wrong (Matroska and FLV may say 1000), so a header counts only if the packets agree with it. To lose
 * no frame, the rate of a stretch with enough frames wins if it is higher than at the beginning.
 *
 * @param stretches presentation times in seconds, in any order; the first stretch is the beginning of the file
 */
export function sourceRate(
  average: Fraction | undefined,
  nominal: Fraction | undefined,
  stretches: readonly (readonly number[])[],
): number {
  const header = average ?? nominal;
  const [beginning = [], ...others] = stretches;
  const rate = stretchRate(header, beginning) ?? (header === undefined ? 25 : rateOf(header));
  const fastest = Math.max(
    0,
    ...others
      .filter((times) => times.length > WINDOW_INTERVALS)
      .map((times) => stretchRate(header, times) ?? 0),
  );
  return isFaster(fastest, rate) ? Math.min(fastest, Math.max(rate, MAX_FRAME_RATE)) : rate;
}

/** Below this rate, rounding an irregular frame to the grid would move it visibly. */
const MIN_IRREGULAR_RATE = 12.5;
/** Grid of slides and screen recordings with rare frames: each is shown within 20 ms of its time. */
const IRREGULAR_GRID_RATE = 25;
/** Seconds by which intervals of a constant rate may differ: containers round times to milliseconds. */
const CLOCK_ROUNDING_SECONDS = 0.003;

/** Whether all intervals are equal. */
function isSteady(times: readonly number[]): boolean {
  const sorted = times.toSorted((a, b) => a - b);
  const gaps = sorted.slice(1).map((time, index) => time - (sorted[index] ?? time));
  const typical = medianOf(gaps);
  return gaps.every((gap) => Math.abs(gap - typical) <= CLOCK_ROUNDING_SECONDS);
}

/** How far a rate is from the nearest multiple of another, as a share of it. */
function multipleError(rate: number, of: number): number {
  const multiple = rate / of;
  return Math.abs(multiple - Math.round(multiple)) / multiple;
}

/**
 * The rate at which rare frames keep their times on the output grid: the rate itself, a multiple of it, or for
 * irregular frames a high one. Repeated frames cost almost nothing.
 *
 * @param stretches as in `sourceRate`
 */
export function exactRate(rate: number, stretches: readonly (readonly number[])[]): number {
  if (rate >= MIN_IRREGULAR_RATE) return rate;
  const fitting = STANDARD_RATES.map(rateOf)
    .filter((standard) => standard / rate > 0.98 && multipleError(standard, rate) < 0.001)
    // The smallest multiple, and of two that are nearly equal the closer one: for 7.5 it is 15, not 14.985.
    .toSorted(
      (a, b) =>
        Math.round(a / rate) - Math.round(b / rate) ||
        multipleError(a, rate) - multipleError(b, rate),
    )[0];
  return stretches.every(isSteady) ? (fitting ?? IRREGULAR_GRID_RATE) : IRREGULAR_GRID_RATE;
}

/** Whether a rate is higher than another by more than clock inaccuracy. */
export function isFaster(rate: number, other: number): boolean {
  return rate > other * (1 + CONSTANT_RATE_TOLERANCE);
}

/**
 * The output rate for a source rate, rounded to a standard rate. Above 60 it is the highest rate of which the source's
 * is a multiple, so that frames are dropped evenly, or else the source's rate halved until it is at most 60.
 */
export function outputRate(source: number): Fraction {
  let rate = source;
  if (rate > MAX_FRAME_RATE * FRAME_RATE_TOLERANCE) {
    const even = STANDARD_RATES.findLast((standard) => {
      const multiple = source / rateOf(standard);
      return Math.abs(multiple - Math.round(multiple)) < 0.001 * multiple;
    });
    if (even !== undefined && rateOf(even) >= MIN_EVEN_RATE) return even;
  }
  while (rate > MAX_FRAME_RATE * FRAME_RATE_TOLERANCE) rate /= 2;
  return STANDARD_RATES.reduce((best, candidate) =>
    Math.abs(Math.log(rateOf(candidate) / rate)) < Math.abs(Math.log(rateOf(best) / rate))
      ? candidate
      : best,
  );
}
