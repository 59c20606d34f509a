import { expect, test } from "vitest";
import { RESOURCES } from "../contract/usage-names.ts";
import type { MeasuredRow } from "./measured-numbers.ts";
import type { Metric } from "./metrics.ts";
import { PRICES } from "./prices.ts";
import {
  costOf,
  DAY_SHARE,
  dayCost,
  estimatedBytes,
  PRICED_RESOURCES,
  streamCost,
  stretched,
  totalCost,
  usageOf,
} from "./usage-cost.ts";

const row = (metric: Metric, labels: string, total: number, n = 1): MeasuredRow => ({
  ...{ at: 0, metric, labels, bucket: 0, n, total, peak: total },
});

/** Usage of half a month. */
const ROWS = [
  row("requests", "media,2xx", 20e6),
  row("requests", "api,2xx", 3e6),
  row("requests", "api,5xx", 1e6),
  row("cache.misses", "media", 1e6),
  row("invocations", "cron", 500),
  row("database.rows", "read", 30e9),
  row("database.rows", "written", 60e6),
  row("storage.operations", "put", 2e6),
  row("storage.operations", "uploadPart", 1e6),
  row("storage.operations", "delete", 9e6),
  row("storage.operations", "get", 5e6),
  row("messages.delivered", "events", 1e6),
  row("object.requests", "views", 3e6),
  row("runner.ms", "container", 100_000_000),
  row("runner.ms", "local", 999_000_000),
  row("containers.awake", "", 2000, 20_000),
  // Gauges: two days with a different number of measurements.
  row("database.bytes", "CATALOG", 100 * 6e9, 100),
  row("database.bytes", "CATALOG", 50 * 9e9, 50),
  row("database.bytes", "SEARCH", 10 * 3e9, 10),
  row("storage.bytes", "", 10 * 4e12, 10),
  row("stored.minutes", "", 10 * 50_000, 10),
  row("quality.playing.ms", "all,", 60_000 * 1000),
  row("quality.playing.ms", "device,phone", 60_000 * 900),
  row("gate.requests", "served", 30 * 4000),
];

test("usage is given in the billed units, and only for billed resources", () => {
  expect(usageOf(ROWS, 0.5, 2)).toMatchObject({
    requests: 25e6 + 500,
    "rows-read": 30e9,
    "rows-written": 60e6,
    "storage-writes": 3e6,
    "storage-reads": 5e6,
    "queue-operations": 3e6,
    "object-requests": 3e6,
    "runner-processors": 200_000,
    "runner-memory": 2000 * 60 * 8,
    "runner-disk": 2000 * 60 * 16,
    "object-time": 2000 * 60 * 0.128,
    // Half a month at the means: 7 and 3 GB, and 4 TB.
    "database-storage": 5,
    "object-storage": 2000,
    storedMinutes: 50_000,
    // More minutes than players have reported.
    deliveredMinutes: 4000,
  });
});

test("usage within the plan is free, and each unit beyond it costs its price", () => {
  for (const resource of PRICED_RESOURCES) {
    const { included, per, dollars } = PRICES.resources[resource];
    expect(costOf(resource, included)).toBe(0);
    expect(costOf(resource, included + per)).toBeCloseTo(dollars);
    expect(costOf(resource, included * DAY_SHARE + per, DAY_SHARE)).toBeCloseTo(dollars);
  }
  expect(PRICED_RESOURCES).toEqual([...RESOURCES]);
});

test("a month costs the sum of its resources, and twice the usage costs more than twice as much because part of it is included", () => {
  const usage = usageOf(ROWS, 0.5, 1);
  const whole = stretched(usage, 2);
  expect(whole).toMatchObject({
    requests: 50e6 + 1000,
    "object-storage": 4000,
    storedMinutes: 50_000,
  });
  expect(totalCost(whole)).toBeGreaterThan(2 * totalCost(usage));
  // A day with the average usage of these fifteen days.
  const day = stretched(usage, 1 / 15);
  expect(dayCost(day)).toBeCloseTo(totalCost(whole) / 30);
});

test("the price of Cloudflare Stream is computed from minutes stored and delivered", () => {
  const usage = usageOf(ROWS, 0.5, 1);
  expect(streamCost(usage)).toBeCloseTo(250 + 4);
  expect(streamCost(usage, 0.5)).toBeCloseTo(125 + 4);
});

test("the size of unmeasured videos is estimated from their sources in proportion to measured ones", () => {
  const sums = { sourceBytes: 100, measuredSourceBytes: 50, measuredBytes: 150 };
  expect(estimatedBytes(sums)).toBe(300);
  expect(estimatedBytes({ sourceBytes: 100, measuredSourceBytes: 0, measuredBytes: 0 })).toBe(180);
});
