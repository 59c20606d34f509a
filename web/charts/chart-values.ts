import type { Chart } from "../../workers/contract/metrics.ts";
import { fileSize } from "../file-size.ts";
import { locale } from "../i18n/translate.ts";

/** The units of charts. */
const FORMATS: Record<Exclude<Chart["unit"], "seconds" | "bytes">, Intl.NumberFormatOptions> = {
  count: { notation: "compact" },
  percent: { style: "percent", maximumFractionDigits: 1 },
  minutes: { style: "unit", unit: "minute", unitDisplay: "short" },
  hours: { style: "unit", unit: "hour", unitDisplay: "short" },
  megabits: { style: "unit", unit: "megabit-per-second", unitDisplay: "short" },
};

const format = (value: number, options: Intl.NumberFormatOptions): string =>
  new Intl.NumberFormat(locale(), { maximumSignificantDigits: 3, ...options }).format(value);

/** The units, with the number of seconds in each and from which it is used. */
const TIMES = [
  { unit: "day", from: 48 * 3600, seconds: 86_400 },
  { unit: "hour", from: 2 * 3600, seconds: 3600 },
  { unit: "minute", from: 120, seconds: 60 },
  { unit: "second", from: 1, seconds: 1 },
  { unit: "millisecond", from: Number.MIN_VALUE, seconds: 0.001 },
  { unit: "second", from: 0, seconds: 1 },
];

/** `450ms`, `5m`, `26h`: a duration in short form. */
export function timeSpan(value: number): string {
  const { unit, seconds } = TIMES.find(({ from }) => value >= from) ?? TIMES.at(-1)!;
  return format(value / seconds, { style: "unit", unit, unitDisplay: "narrow" });
}

/** `1.2K`, `3.4%`, `450ms`, `8.0 GB`; a dash for none. */
export function chartValue(unit: Chart["unit"], value: number | null): string {
  if (value === null) return "–";
  if (unit === "seconds") return timeSpan(value);
  if (unit === "bytes") return fileSize(value);
  return format(value, FORMATS[unit]);
}

/** The places of values between gaps, which a line cannot show. */
export function aloneIn(values: ArrayLike<number | null | undefined>): number[] {
  const isGap = (at: number): boolean => values[at] === null || values[at] === undefined;
  return Array.from(values, (_, at) => at).filter(
    (at) => !isGap(at) && isGap(at - 1) && isGap(at + 1),
  );
}
