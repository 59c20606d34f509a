import { expect, test } from "vitest";
import { CHART_NAMES, type ChartName } from "../contract/chart-names.ts";
import { drawCharts } from "./charts.ts";
import type { MeasuredRow } from "./measured-numbers.ts";
import { bucketOf, type Metric } from "./metrics.ts";

const row = (
  at: number,
  metric: Metric,
  labels: string,
  total: number,
  bucket = 0,
): MeasuredRow => ({
  ...{ at, metric, labels, bucket },
  ...{ n: 1, total, peak: total },
});

function chartOf(name: ChartName, rows: readonly MeasuredRow[]) {
  const chart = drawCharts(rows, [0, 60_000]).find((each) => each.name === name);
  return Object.fromEntries(chart!.lines.map((line) => [line.name, line.values]));
}

test("every chart is returned, even without data, in order of name", () => {
  expect(drawCharts([], [0]).map(({ name }) => name)).toEqual(CHART_NAMES);
});

test("a counter is summed per label", () => {
  const rows = [
    row(0, "requests", "api,2xx", 5),
    row(0, "requests", "media,2xx", 2),
    row(60_000, "requests", "api,5xx", 1),
  ];
  expect(chartOf("requests", rows)).toEqual({ "2xx": [7, 0], "5xx": [0, 1] });
});

test("the number of tasks of a kind is the mean over all measurements, counting missing ones as 0", () => {
  const measured = { ...row(0, "tasks.waiting", "", 12), n: 4 };
  const rows = [
    measured,
    row(60_000, "tasks.waiting", "", 0),
    row(0, "tasks.open", "video,waiting", 10),
    row(0, "tasks.open", "audio,waiting", 2),
    row(0, "tasks.open", "video,running", 4),
    row(0, "tasks.open", "video,retrying", 8),
  ];
  expect(chartOf("waiting-tasks", rows)).toEqual({ audio: [0.5, 0], video: [2.5, 0] });
  expect(chartOf("running-tasks", rows)).toEqual({ video: [1, 0] });
  expect(chartOf("tasks", rows)["retrying"]).toEqual([2, 0]);
});

test("failures are counted per error, and successful tasks are ignored", () => {
  const rows = [
    row(0, "tasks.ended", "video,failed,encoder_failed", 3),
    row(0, "tasks.ended", "video,done,", 7),
    row(60_000, "tasks.ended", "plan,failed,damaged_file", 1),
  ];
  expect(chartOf("task-failures", rows)).toEqual({
    damaged_file: [0, 1],
    encoder_failed: [3, 0],
  });
});

test("shares and quantiles have gaps where there is no data", () => {
  const rows = [
    row(0, "cache.lookups", "media", 10),
    row(0, "cache.misses", "media", 1),
    row(0, "quality.startup.ms", "all,", 800, bucketOf(800)),
    row(0, "quality.startup.ms", "device,tv", 3000, bucketOf(3000)),
  ];
  expect(chartOf("cache", rows)).toEqual({ media: [0.9, null], public: [null, null] });
  expect(chartOf("startup", rows)["p95"]).toEqual([expect.closeTo(0.8, 1), null]);
  expect(Object.keys(chartOf("startup-by-device", rows))).toEqual(["tv"]);
});
