import { z } from "zod";
import { page, PageQuery, Timestamp } from "./common.ts";
import { CREATOR_ORDERS, RESOURCES } from "./usage-names.ts";

/** One thing that Cloudflare charges for. Amounts are in `unit`, costs in US dollars beyond what the plan includes. */
const UsageLine = z.object({
  resource: z.enum(RESOURCES),
  unit: z.enum([
    "request",
    "ms",
    "row",
    "gb-month",
    "operation",
    "gb-second",
    "vcpu-second",
    "gib-second",
  ]),
  used: z.number(),
  /** Projected to the end of the month. */
  projected: z.number(),
  included: z.number(),
  dollars: z.number(),
  projectedDollars: z.number(),
  /** The amount is not counted but estimated from other numbers. */
  isEstimated: z.boolean(),
});
export type UsageLine = z.infer<typeof UsageLine>;

/** What the site has used this month, at list prices. */
export const UsageReport = z.object({
  month: z.object({ from: Timestamp, until: Timestamp, end: Timestamp }),
  /** The time from which there are numbers of this month; null if there are none. */
  countedSince: Timestamp.nullable(),
  lines: z.array(UsageLine),
  /** The plan itself is not among the sums. */
  total: z.object({ dollars: z.number(), projectedDollars: z.number(), planDollars: z.number() }),
  /** The cost of the last day, and the limit of its alert; null if the alert is switched off. */
  lastDay: z.object({ dollars: z.number(), above: z.number().nullable() }),
  /** The price of Cloudflare Stream for the same minutes. */
  stream: z.object({
    storedMinutes: z.number(),
    deliveredMinutes: z.number(),
    dollars: z.number(),
    projectedDollars: z.number(),
  }),
  /** When and where the prices were read. */
  prices: z.object({ readOn: z.iso.date(), source: z.string(), streamSource: z.string() }),
});
export type UsageReport = z.infer<typeof UsageReport>;

export const CreatorUsageQuery = PageQuery.extend({
  order: z.enum(CREATOR_ORDERS).default("bytes"),
});
export type CreatorUsageQuery = z.infer<typeof CreatorUsageQuery>;

/** A creator's usage of the site. */
const CreatorUsage = z.object({
  creator: z.object({ id: z.string(), name: z.string() }),
  /** Includes videos in the bin. */
  videos: z.int(),
  /** Bytes of the uploaded files. */
  bytes: z.int(),
  /** The announced sizes of unfinished uploads. */
  openBytes: z.int(),
  /** Minutes that runners have worked today (UTC). */
  encodeMinutes: z.number(),
});
export type CreatorUsage = z.infer<typeof CreatorUsage>;
export const CreatorUsagePage = page(CreatorUsage);
export type CreatorUsagePage = z.infer<typeof CreatorUsagePage>;
