import { type MeasuredRow, type Numbers, numbersOf, sumOf } from "./measured-numbers.ts";
import type { Metric } from "./metrics.ts";
import { containerSize, type PricedResource, PRICES } from "./prices.ts";

/** The metrics that costs are calculated from. */
export const USAGE_METRICS = [
  "requests",
  "cache.misses",
  "invocations",
  "database.rows",
  "database.bytes",
  "storage.bytes",
  "storage.operations",
  "messages.delivered",
  "object.requests",
  "runner.ms",
  "containers.awake",
  "stored.minutes",
  "quality.playing.ms",
  "gate.requests",
] as const satisfies readonly Metric[];

const MINUTE_MS = 60_000;
const GIGABYTE = 1e9;
/** Operations of R2, by the names of the calls. Deleting and ending an upload cost nothing. */
const WRITES = /^(?:put|list|createMultipartUpload|uploadPart|completeMultipartUpload|multipart)$/;
const READS = /^(?:head|get)$/;
/** A message is written, read and deleted. */
const OPERATIONS_PER_MESSAGE = 3;
/** Memory of a Durable Object, which lives as long as its container. */
const OBJECT_GB = 0.128;
/**
 * Milliseconds of processor time, which a Worker cannot measure itself: of a segment from R2 and of one from the cache
 * (`npm run bench:gate`), and of any other request (assumed, docs/scale.md).
 */
const PROCESSOR_MS = { miss: 2.3, hit: 0.1, other: 5 };
/** A player requests fifteen video and fifteen audio segments. */
const SEGMENTS_PER_MINUTE = 30;

/** The usage within a period, in the units of the prices. */
export type Usage = Record<PricedResource, number> & {
  /** Length of all videos. */
  storedMinutes: number;
  deliveredMinutes: number;
};

/** The mean of a gauge, of several labels together; 0 where it was never measured. */
function meanOf(rows: readonly MeasuredRow[], numbers: Numbers): number {
  const byLabels = Map.groupBy(numbersOf(rows, numbers), ({ labels }) => labels);
  return [...byLabels.values()].reduce((sum, own) => {
    const n = own.reduce((all, row) => all + row.n, 0);
    return sum + (n > 0 ? own.reduce((all, row) => all + row.total, 0) / n : 0);
  }, 0);
}

/**
 * @param rows of `USAGE_METRICS`
 * @param share what part of a month the time is
 * @param cores of a container
 */
export function usageOf(rows: readonly MeasuredRow[], share: number, cores: number): Usage {
  const sum = (metric: Metric, labels?: Numbers["labels"]): number =>
    sumOf(rows, labels ? { metric, labels } : { metric });
  const all = sum("requests");
  const media = sum("requests", { group: "media" });
  const misses = sum("cache.misses", { entry: "media" });
  const invocations = sum("invocations");
  // Measured each minute, so that the sum is minutes.
  const awakeSeconds = sum("containers.awake") * 60;
  const size = containerSize(cores);
  const played = sum("quality.playing.ms", { dimension: "all" }) / MINUTE_MS;
  const served = sum("gate.requests", { verdict: "served" }) / SEGMENTS_PER_MINUTE;
  return {
    requests: all + sum("cache.misses") + invocations,
    "processor-time":
      misses * PROCESSOR_MS.miss +
      Math.max(0, media - misses) * PROCESSOR_MS.hit +
      (all - media + invocations) * PROCESSOR_MS.other,
    "rows-read": sum("database.rows", { kind: "read" }),
    "rows-written": sum("database.rows", { kind: "written" }),
    "database-storage": (meanOf(rows, { metric: "database.bytes" }) / GIGABYTE) * share,
    "object-storage": (meanOf(rows, { metric: "storage.bytes" }) / GIGABYTE) * share,
    "storage-writes": sum("storage.operations", { operation: WRITES }),
    "storage-reads": sum("storage.operations", { operation: READS }),
    "queue-operations": sum("messages.delivered") * OPERATIONS_PER_MESSAGE,
    "object-requests": sum("object.requests"),
    "object-time": awakeSeconds * OBJECT_GB,
    "runner-processors": (sum("runner.ms", { runner: "container" }) / 1000) * size.cores,
    "runner-memory": awakeSeconds * size.memoryGiB,
    "runner-disk": awakeSeconds * size.diskGB,
    storedMinutes: meanOf(rows, { metric: "stored.minutes" }),
    deliveredMinutes: Math.max(played, served),
  };
}

/** The resources whose amounts are not counted, but calculated from others. */
export const ESTIMATED: ReadonlySet<PricedResource> = new Set(["processor-time", "object-time"]);

export const PRICED_RESOURCES = Object.keys(PRICES.resources) as PricedResource[];

/** The same usage for a longer time. @param times how many times as long */
export function stretched(usage: Usage, times: number): Usage {
  const { storedMinutes } = usage;
  const all = Object.entries(usage).map(([name, amount]) => [name, amount * times]);
  return { ...(Object.fromEntries(all) as Usage), storedMinutes };
}

/** Dollars for an amount beyond the included one. @param share of a month, and so of the included amount */
export function costOf(resource: PricedResource, amount: number, share = 1): number {
  const { dollars, per, included } = PRICES.resources[resource];
  return (Math.max(0, amount - included * share) / per) * dollars;
}

/** Dollars for everything, without the plan itself. */
export const totalCost = (usage: Usage, share = 1): number =>
  PRICED_RESOURCES.reduce((sum, resource) => sum + costOf(resource, usage[resource], share), 0);

/** The price of Cloudflare Stream for the same minutes. @param share of a month */
export function streamCost({ storedMinutes, deliveredMinutes }: Usage, share = 1): number {
  const { dollarsPerStoredMinute, dollarsPerDeliveredMinute } = PRICES.stream;
  return (
    storedMinutes * share * dollarsPerStoredMinute + deliveredMinutes * dollarsPerDeliveredMinute
  );
}

/** All objects of a video by the bytes of its source, while none has been measured: 107 by 60 (docs/scale.md). */
const ASSUMED_RATIO = 1.8;

/**
 * Bytes of all objects of all videos. Unmeasured videos are assumed to have the same ratio of objects to source as the
 * others.
 * @param measuredBytes of all objects of the videos that have been measured, and `measuredSourceBytes` of their sources alone
 */
export function estimatedBytes({
  sourceBytes,
  measuredSourceBytes,
  measuredBytes,
}: Record<"sourceBytes" | "measuredSourceBytes" | "measuredBytes", number>): number {
  const ratio = measuredSourceBytes > 0 ? measuredBytes / measuredSourceBytes : ASSUMED_RATIO;
  return measuredBytes + (sourceBytes - measuredSourceBytes) * ratio;
}

/** The share of a month that a day is. */
export const DAY_SHARE = 1 / 30;

/**
 * The cost of a day: calculated as for a month in which every day uses the same, so a thirtieth of the plan's included
 * amounts is free.
 */
export const dayCost = (usage: Usage): number => totalCost(usage, DAY_SHARE);
