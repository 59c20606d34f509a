import { z } from "zod";
import { ANALYTICS_PERIODS, AUDIENCE_DIMENSIONS } from "./audience-names.ts";
import { HUNDREDTHS } from "./hundredths.ts";
import { Timestamp } from "./common.ts";

const Period = z.enum(ANALYTICS_PERIODS);

export const AnalyticsQuery = z.object({ period: Period.default("28d") });

/** `time`: a row per minute or day; the others: a row per value. */
export const AnalyticsTable = z.enum(["time", "video", ...AUDIENCE_DIMENSIONS]);
export type AnalyticsTable = z.infer<typeof AnalyticsTable>;
export const AnalyticsTableQuery = AnalyticsQuery.extend({ by: AnalyticsTable.default("time") });

const Totals = z.object({
  views: z.number(),
  /** Seconds of the video. */
  watchSeconds: z.number(),
  /** Average over the views with reports from players; null if there are none. */
  averageViewSeconds: z.number().nullable(),
  /** From play to the first frame; null if unknown. */
  startupSeconds: z.number().nullable(),
  /** Share of the time in which playback waited for data; null if nothing was watched. */
  rebufferingShare: z.number().nullable(),
});
export type AnalyticsTotals = z.infer<typeof Totals>;

const Breakdown = z.object({
  by: z.enum(AUDIENCE_DIMENSIONS),
  /** Sorted, the largest first. Numbers are rounded, and small ones are in `otherViews`. */
  values: z.array(z.object({ value: z.string(), views: z.number(), watchSeconds: z.number() })),
  otherViews: z.number(),
});
export type AnalyticsBreakdown = z.infer<typeof Breakdown>;

const Curve = z.array(z.number()).length(HUNDREDTHS);

/** The analytics of a period, which includes the current minute or day. */
export const Analytics = z.object({
  period: Period,
  /** Beginning of the first step. Days are UTC days. */
  from: Timestamp,
  stepSeconds: z.int(),
  /** One number per step. */
  views: z.array(z.number()),
  watchSeconds: z.array(z.number()),
  totals: Totals,
  /** Totals of the previous period. */
  before: Totals,
  breakdowns: z.array(Breakdown),
  /** For several videos: the fifty most watched. */
  videos: z.array(
    z.object({
      id: z.string(),
      /** Null for a video that is deleted. */
      title: z.string().nullable(),
      views: z.number(),
      watchSeconds: z.number(),
    }),
  ),
  /**
   * For one video with views: for each hundredth, the share of views that reached it, and how often it was played per
   * view. The second number exceeds the first if viewers have replayed a part.
   */
  retention: z.object({ views: z.number(), reached: Curve, plays: Curve }).nullable(),
});
export type Analytics = z.infer<typeof Analytics>;
