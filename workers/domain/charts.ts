import type { ChartName } from "../contract/chart-names.ts";
import type { Chart } from "../contract/metrics.ts";
import { type MeasuredRow, type Numbers, numbersOf, shareOf, sumOf } from "./measured-numbers.ts";
import { type Metric, quantile, readLabels } from "./metrics.ts";

/** The value of a line in one step of time. @param rows of the line @param step all rows of the step */
type Value = (rows: readonly MeasuredRow[], step: readonly MeasuredRow[]) => number | null;

interface ChartDefinition {
  unit: Chart["unit"];
  metrics: readonly Metric[];
  /** Lines by their names; none where there is one per value of a label. */
  lines: Readonly<Record<string, Value>>;
  split?: { of: Numbers; label: string; value: Value };
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const everyone = { dimension: "all" };

const sum =
  (numbers: Numbers, scale = 1): Value =>
  (rows) =>
    sumOf(rows, numbers) * scale;
const share =
  (of: Numbers, ...to: Numbers[]): Value =>
  (rows) =>
    shareOf(rows, of, to);
const percentile =
  (numbers: Numbers, part: number, scale = 0.001): Value =>
  (rows) => {
    const value = quantile(numbersOf(rows, numbers), part);
    return value === null ? null : value * scale;
  };
/** The mean of a gauge; several steps of time may be one. */
const gauge =
  (numbers: Numbers): Value =>
  (rows) => {
    const own = numbersOf(rows, numbers);
    const n = own.reduce((all, row) => all + row.n, 0);
    return n > 0 ? own.reduce((all, row) => all + row.total, 0) / n : null;
  };

/** The mean of a gauge that has no row while it is 0: another says how often it was measured. */
const gaugeBeside =
  (numbers: Numbers, other: Metric): Value =>
  (rows, step) => {
    const n = numbersOf(step, { metric: other }).reduce((all, row) => all + row.n, 0);
    return n > 0 ? sumOf(rows, numbers) / n : null;
  };

const ofAll = (metric: Metric): Numbers => ({ metric, labels: everyone });
const playing = ofAll("quality.playing.ms");

/** The share of lookups that did not reach the entrypoint behind the cache. */
const hits =
  (entry: string): Value =>
  (rows) => {
    const labels = { entry };
    const missed = shareOf(rows, { metric: "cache.misses", labels }, [
      { metric: "cache.lookups", labels },
    ]);
    return missed === null ? null : Math.max(0, 1 - missed);
  };

function quantiles(metric: Metric, labels?: Numbers["labels"]): ChartDefinition {
  const numbers = labels ? { metric, labels } : { metric };
  const lines = { p50: percentile(numbers, 0.5), p95: percentile(numbers, 0.95) };
  return { unit: "seconds", metrics: [metric], lines };
}

/** A line per value of a label. */
function split(
  unit: Chart["unit"],
  metric: Metric,
  label: string,
  value: Value = sum({ metric }),
  labels?: Numbers["labels"],
): ChartDefinition {
  const of = labels ? { metric, labels } : { metric };
  return { unit, metrics: [metric], lines: {}, split: { of, label, value } };
}

const openIn = (state: string): Numbers => ({ metric: "tasks.open", labels: { state } });

/** Tasks in one state, a line per kind. */
function openByKind(state: string): ChartDefinition {
  const value = gaugeBeside(openIn(state), "tasks.waiting");
  const chart = split("count", "tasks.open", "kind", value, { state });
  return { ...chart, metrics: ["tasks.open", "tasks.waiting"] };
}

export const CHARTS: Readonly<Record<ChartName, ChartDefinition>> = {
  startup: quantiles("quality.startup.ms", everyone),
  "startup-by-device": split(
    "seconds",
    "quality.startup.ms",
    "value",
    percentile({ metric: "quality.startup.ms" }, 0.95),
    { dimension: "device" },
  ),
  rebuffering: {
    unit: "percent",
    metrics: ["quality.rebuffering.ms", "quality.playing.ms"],
    lines: {
      share: share(ofAll("quality.rebuffering.ms"), ofAll("quality.rebuffering.ms"), playing),
    },
  },
  interruptions: {
    unit: "count",
    metrics: ["quality.rebuffers", "quality.switches", "quality.playing.ms"],
    lines: {
      "rebuffers/h": (rows) => perHour(rows, "quality.rebuffers"),
      "switches/h": (rows) => perHour(rows, "quality.switches"),
    },
  },
  "playback-failures": {
    unit: "percent",
    metrics: ["quality.failures", "quality.exits", "quality.plays"],
    lines: {
      failures: share(ofAll("quality.failures"), ofAll("quality.failures"), ofAll("quality.plays")),
      exits: share(ofAll("quality.exits"), ofAll("quality.exits"), ofAll("quality.plays")),
    },
  },
  "playback-errors": split("count", "quality.errors", "code"),
  bitrate: {
    unit: "megabits",
    metrics: ["quality.kilobits", "quality.playing.ms"],
    // Kilobits per millisecond are megabits per second.
    lines: { mean: share(ofAll("quality.kilobits"), playing) },
  },
  "dropped-frames": {
    unit: "percent",
    metrics: ["quality.dropped", "quality.frames"],
    lines: { share: share(ofAll("quality.dropped"), ofAll("quality.frames")) },
  },
  watched: {
    unit: "hours",
    metrics: ["quality.playing.ms"],
    lines: { sum: sum(playing, 1 / HOUR_MS) },
  },
  requests: split("count", "requests", "status"),
  latency: quantiles("request.ms"),
  gate: split("count", "gate.requests", "verdict"),
  cache: {
    unit: "percent",
    metrics: ["cache.lookups", "cache.misses"],
    lines: { media: hits("media"), public: hits("public") },
  },
  storage: split("count", "storage.operations", "operation"),
  "database-size": split(
    "bytes",
    "database.bytes",
    "database",
    gauge({ metric: "database.bytes" }),
  ),
  statements: {
    unit: "count",
    metrics: ["database.statements"],
    lines: { sum: sum({ metric: "database.statements" }) },
  },
  "database-time": quantiles("database.ms"),
  "database-rows": split("count", "database.rows", "kind"),
  "queue-messages": split("count", "queue.messages", "state", gauge({ metric: "queue.messages" })),
  "queue-age": split(
    "seconds",
    "queue.age.seconds",
    "state",
    gauge({ metric: "queue.age.seconds" }),
  ),
  tasks: {
    unit: "count",
    metrics: ["tasks.waiting", "tasks.running", "tasks.open", "runners.awake"],
    lines: {
      waiting: gauge({ metric: "tasks.waiting" }),
      running: gauge({ metric: "tasks.running" }),
      retrying: gaugeBeside(openIn("retrying"), "tasks.waiting"),
      runners: gauge({ metric: "runners.awake" }),
    },
  },
  "waiting-tasks": openByKind("waiting"),
  "running-tasks": openByKind("running"),
  "tasks-ended": split("count", "tasks.ended", "end"),
  "task-failures": split("count", "tasks.ended", "code", sum({ metric: "tasks.ended" }), {
    end: "failed",
  }),
  "task-time": split("seconds", "task.ms", "kind", percentile({ metric: "task.ms" }, 0.95)),
  "runner-minutes": split(
    "minutes",
    "runner.ms",
    "runner",
    sum({ metric: "runner.ms" }, 1 / MINUTE_MS),
  ),
  uploads: split("count", "uploads", "event"),
  playable: quantiles("playable.ms"),
  ready: quantiles("ready.ms"),
  searches: split("count", "searches", "outcome"),
  "search-time": quantiles("search.ms"),
  deliveries: split("count", "deliveries", "outcome"),
};

function perHour(rows: readonly MeasuredRow[], metric: Metric): number | null {
  const hours = sumOf(rows, playing) / HOUR_MS;
  return hours > 0 ? sumOf(rows, ofAll(metric)) / hours : null;
}

/** A label may have many values; the largest are shown. */
const MAX_LINES = 8;

/** The lines of a chart. @param steps rows of its metrics, by step */
function linesOf(
  { lines, split: parts }: ChartDefinition,
  rows: readonly MeasuredRow[],
  steps: readonly (readonly MeasuredRow[])[],
): Chart["lines"] {
  if (!parts)
    return Object.entries(lines).map(([name, value]) => ({
      name,
      values: steps.map((step) => value(step, step)),
    }));
  const { of, label, value } = parts;
  const valueOf = (row: MeasuredRow): string => readLabels(row.metric, row.labels)[label] ?? "";
  const totals = new Map<string, number>();
  for (const row of numbersOf(rows, of))
    totals.set(valueOf(row), (totals.get(valueOf(row)) ?? 0) + row.total);
  const names = [...totals].toSorted(([, a], [, b]) => b - a).slice(0, MAX_LINES);
  return names
    .map(([name]) => name)
    .toSorted()
    .map((name) => ({
      name,
      values: steps.map((step) =>
        value(
          numbersOf(step, of).filter((row) => valueOf(row) === name),
          step,
        ),
      ),
    }));
}

/** Draws every chart from the rows of all metrics. @param times the beginnings of the steps */
export function drawCharts(rows: readonly MeasuredRow[], times: readonly number[]): Chart[] {
  const byMetric = Map.groupBy(rows, ({ metric }) => metric);
  return (Object.entries(CHARTS) as [ChartName, ChartDefinition][]).map(([name, chart]) => {
    const own = chart.metrics.flatMap((metric) => byMetric.get(metric) ?? []);
    const byTime = Map.groupBy(own, ({ at }) => at);
    const steps = times.map((time) => byTime.get(time) ?? []);
    return { name, unit: chart.unit, lines: linesOf(chart, own, steps) };
  });
}
