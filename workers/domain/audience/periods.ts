import type { AnalyticsPeriod } from "../../contract/audience-names.ts";
import { DAY_MS, MINUTE_MS } from "./audience-sums.ts";

/** A period of steps of one length, the last of which has not ended, and the one before. */
export interface PeriodSpan {
  stepMs: number;
  steps: number;
  /** Milliseconds since the epoch. */
  from: number;
  to: number;
  before: { from: number; to: number };
  /** The days that it touches: values and curves are kept by day. */
  days: { from: number; to: number };
}

const STEPS: Record<AnalyticsPeriod, { stepMs: number; steps: number }> = {
  "48h": { stepMs: MINUTE_MS, steps: 48 * 60 },
  "7d": { stepMs: DAY_MS, steps: 7 },
  "28d": { stepMs: DAY_MS, steps: 28 },
  "90d": { stepMs: DAY_MS, steps: 90 },
  "365d": { stepMs: DAY_MS, steps: 365 },
};

export function periodSpan(period: AnalyticsPeriod, now: number): PeriodSpan {
  const { stepMs, steps } = STEPS[period];
  const to = now - (now % stepMs) + stepMs;
  const from = to - steps * stepMs;
  return {
    ...{ stepMs, steps, from, to },
    before: { from: from - steps * stepMs, to: from },
    days: { from: from - (from % DAY_MS), to },
  };
}
