import type { Analytics } from "../../../workers/contract/analytics.ts";
import type { ChartLines } from "../../charts/chart-figure.tsx";
import { locale, type PlainKey } from "../../i18n/translate.ts";

const MINUTES_PER_HOUR = 60;
/** Above it, watch time is shown in hours. */
const MANY_SECONDS = 36_000;

/** Numbers of a period in equal steps, for two charts. */
export interface AnalyticsSteps {
  name: "day" | "hour" | "minute";
  title: PlainKey;
  /** ISO 8601. */
  times: string[];
  views: number[];
  watchSeconds: number[];
}

/** Sums numbers of consecutive steps. */
function added(values: readonly number[], steps: number): number[] {
  return Array.from({ length: Math.ceil(values.length / steps) }, (_, index) =>
    values.slice(index * steps, (index + 1) * steps).reduce((sum, value) => sum + value, 0),
  );
}

function timesFrom(start: number, stepSeconds: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    new Date(start + index * stepSeconds * 1000).toISOString(),
  );
}

/** How a period is drawn: per day; or, if it is known per minute, per hour with its last hour per minute. */
export function stepsOf({ from, stepSeconds, views, watchSeconds }: Analytics): AnalyticsSteps[] {
  const start = Date.parse(from);
  if (stepSeconds > 60)
    return [
      {
        name: "day",
        title: "analytics.byDay",
        times: timesFrom(start, stepSeconds, views.length),
        views,
        watchSeconds,
      },
    ];
  const first = views.length - MINUTES_PER_HOUR;
  const hours = added(views, MINUTES_PER_HOUR);
  return [
    {
      name: "hour",
      title: "analytics.byHour",
      times: timesFrom(start, stepSeconds * MINUTES_PER_HOUR, hours.length),
      views: hours,
      watchSeconds: added(watchSeconds, MINUTES_PER_HOUR),
    },
    {
      name: "minute",
      title: "analytics.lastHour",
      times: timesFrom(start + first * stepSeconds * 1000, stepSeconds, MINUTES_PER_HOUR),
      views: views.slice(first),
      watchSeconds: watchSeconds.slice(first),
    },
  ];
}

export function watchTimeLine(name: string, seconds: readonly number[]): ChartLines {
  const isLong = seconds.reduce((sum, value) => sum + value, 0) > MANY_SECONDS;
  const divisor = isLong ? 3600 : 60;
  return {
    unit: isLong ? "hours" : "minutes",
    lines: [{ name, values: seconds.map((value) => value / divisor) }],
  };
}

/** `64%` */
export function percentText(share: number, options: Intl.NumberFormatOptions = {}): string {
  const digits = { maximumFractionDigits: 1, ...options };
  return new Intl.NumberFormat(locale(), { style: "percent", ...digits }).format(share);
}

/** The change of a number from the previous one, as a share of it; null if there is nothing to compare. */
export function changeOf(now: number | null, before: number | null): number | null {
  if (now === null || before === null || before === 0) return null;
  return now / before - 1;
}

/** Notable points of the retention curve, as hundredths of the video; null if there is none. */
export function highlightsOf({
  reached,
  plays,
}: Pick<NonNullable<Analytics["retention"]>, "reached" | "plays">): {
  replayed: number | null;
  drop: number | null;
} {
  const again = plays.map((played, index) => played - (reached[index] ?? 0));
  const drops = reached.map((share, index) => (reached[index - 1] ?? share) - share);
  return { replayed: peakOf(again), drop: peakOf(drops) };
}

/** A smaller change is not worth mentioning. */
const MIN_HIGHLIGHT = 0.05;

function peakOf(values: readonly number[]): number | null {
  const largest = Math.max(...values);
  return largest >= MIN_HIGHLIGHT ? values.indexOf(largest) : null;
}
