import type { Chart } from "../../workers/contract/metrics.ts";
import { locale } from "../i18n/translate.ts";

/** How a unit is written, and what its values are multiplied with for that. */
const FORMATS: Record<Chart["unit"], { options: Intl.NumberFormatOptions; scale: number }> = {
  count: { options: { notation: "compact" }, scale: 1 },
  percent: { options: { style: "percent", maximumFractionDigits: 1 }, scale: 1 },
  seconds: { options: { style: "unit", unit: "second", unitDisplay: "narrow" }, scale: 1 },
  minutes: { options: { style: "unit", unit: "minute", unitDisplay: "short" }, scale: 1 },
  hours: { options: { style: "unit", unit: "hour", unitDisplay: "short" }, scale: 1 },
  bytes: { options: { style: "unit", unit: "megabyte", unitDisplay: "short" }, scale: 1e-6 },
  megabits: {
    options: { style: "unit", unit: "megabit-per-second", unitDisplay: "short" },
    scale: 1,
  },
};

/** `1.2K`, `3.4%`, `0.45s`; a dash for none. */
export function chartValue(unit: Chart["unit"], value: number | null): string {
  if (value === null) return "–";
  const { options, scale } = FORMATS[unit];
  const digits = { maximumSignificantDigits: 3, ...options };
  return new Intl.NumberFormat(locale(), digits).format(value * scale);
}
