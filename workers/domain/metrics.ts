/** The kind of a metric's numbers, and its labels. */
interface MetricDefinition {
  /** Counters add up, gauges say how much there is now, histograms keep how values are spread. */
  kind: "counter" | "gauge" | "histogram";
  /** Labels have few values: each combination is a row per minute. */
  labels: readonly string[];
}

/** Every metric. Their units are in their names; without one, they count. */
export const METRICS = {
  /** Requests of the whole Worker. `status`: `2xx` to `5xx`. */
  requests: { kind: "counter", labels: ["group", "status"] },
  "request.ms": { kind: "histogram", labels: ["group"] },
  /** The gate's decision about a request: `served`, or the code of its refusal. */
  "gate.requests": { kind: "counter", labels: ["verdict"] },
  /** Requests to a cached entrypoint, and the ones that got through to it. */
  "cache.lookups": { kind: "counter", labels: ["entry"] },
  "cache.misses": { kind: "counter", labels: ["entry"] },
  /** R2 operations, including those by browsers and through the S3 API. */
  "storage.operations": { kind: "counter", labels: ["operation"] },
  /** All objects, as far as they have been measured (jobs/metrics/census.ts). */
  "storage.bytes": { kind: "gauge", labels: [] },
  "database.statements": { kind: "counter", labels: [] },
  /** How long the Worker waited for a call of D1, of which a batch is one. */
  "database.ms": { kind: "histogram", labels: [] },
  /** `read` or `written`, partly by samples (db/row-count.ts). */
  "database.rows": { kind: "counter", labels: ["kind"] },
  "database.bytes": { kind: "gauge", labels: ["database"] },

  /** `unsent`: no queue has it yet; `unhandled`: sent, and not handled yet. */
  "queue.messages": { kind: "gauge", labels: ["state"] },
  "queue.age.seconds": { kind: "gauge", labels: ["state"] },
  /** Messages that queues have delivered to consumers. */
  "messages.delivered": { kind: "counter", labels: ["queue"] },
  /** Runs of the Worker that are no request: `queue` or `cron`. */
  invocations: { kind: "counter", labels: ["kind"] },
  /** Calls of Durable Objects. */
  "object.requests": { kind: "counter", labels: ["object"] },
  "messages.failed": { kind: "counter", labels: ["kind"] },
  "messages.dead": { kind: "counter", labels: ["queue"] },

  "tasks.waiting": { kind: "gauge", labels: [] },
  "tasks.running": { kind: "gauge", labels: [] },
  /** The same by kind, and those that wait for another try (`state`: `retrying`). A kind of which there is none has no row. */
  "tasks.open": { kind: "gauge", labels: ["kind", "state"] },
  /** How long the longest-waiting work has been waiting. */
  "tasks.age.seconds": { kind: "gauge", labels: [] },
  /** `end`: `done`, `failed`, `lost` or `expired`; `code`: why it failed. */
  "tasks.ended": { kind: "counter", labels: ["kind", "end", "code"] },
  "task.ms": { kind: "histogram", labels: ["kind"] },
  "runners.awake": { kind: "gauge", labels: [] },
  "containers.awake": { kind: "gauge", labels: [] },
  /** 1 while tasks wait and no runner asks for work. */
  "runners.missing": { kind: "gauge", labels: [] },
  /** Time that runners worked on tasks. */
  "runner.ms": { kind: "counter", labels: ["runner"] },

  /** `started`, `completed`, `aborted` or `expired`. */
  uploads: { kind: "counter", labels: ["event"] },
  /** From the end of the upload. */
  "playable.ms": { kind: "histogram", labels: [] },
  "ready.ms": { kind: "histogram", labels: [] },
  "videos.ready": { kind: "counter", labels: [] },
  "videos.failed": { kind: "counter", labels: ["code"] },

  /** Length of all videos that can be watched. */
  "stored.minutes": { kind: "gauge", labels: [] },
  /** Cost of the last day at list prices (domain/usage-cost.ts). */
  "daily.dollars": { kind: "gauge", labels: [] },

  /** `found` or `empty`: of first pages. */
  searches: { kind: "counter", labels: ["outcome"] },
  "search.ms": { kind: "histogram", labels: [] },
  "index.lag.seconds": { kind: "gauge", labels: [] },
  /** If the deployment has bound a backup bucket. */
  "backup.age.seconds": { kind: "gauge", labels: [] },

  /**
   * Reports of players (contract/beacons.ts). Each is counted over all viewers, and by the dimensions `device`,
   * `browser` and `country`, whose `value` is a label.
   */
  "quality.plays": { kind: "counter", labels: ["dimension", "value"] },
  "quality.startup.ms": { kind: "histogram", labels: ["dimension", "value"] },
  "quality.exits": { kind: "counter", labels: ["dimension", "value"] },
  "quality.failures": { kind: "counter", labels: ["dimension", "value"] },
  "quality.playing.ms": { kind: "counter", labels: ["dimension", "value"] },
  "quality.rebuffering.ms": { kind: "counter", labels: ["dimension", "value"] },
  "quality.rebuffers": { kind: "counter", labels: ["dimension", "value"] },
  "quality.switches": { kind: "counter", labels: ["dimension", "value"] },
  "quality.frames": { kind: "counter", labels: ["dimension", "value"] },
  "quality.dropped": { kind: "counter", labels: ["dimension", "value"] },
  "quality.kilobits": { kind: "counter", labels: ["dimension", "value"] },
  "quality.errors": { kind: "counter", labels: ["code"] },
  /** `taken`, `unwanted` by the viewer, or `limited`. */
  "quality.reports": { kind: "counter", labels: ["outcome"] },

  /** `channel`: `mail`, `push` or `webhook`; `outcome`: `sent` or `refused`. */
  deliveries: { kind: "counter", labels: ["channel", "outcome"] },
} as const satisfies Record<string, MetricDefinition>;

export type Metric = keyof typeof METRICS;
type OfKind<K extends MetricDefinition["kind"]> = {
  [M in Metric]: (typeof METRICS)[M]["kind"] extends K ? M : never;
}[Metric];
export type Counter = OfKind<"counter">;
export type Gauge = OfKind<"gauge">;
export type Histogram = OfKind<"histogram">;
export type LabelsOf<M extends Metric> = Record<(typeof METRICS)[M]["labels"][number], string>;

/** Numbers of one metric with the same labels: how many values, their sum and the largest, of one bucket of a histogram. */
export type MetricPoint = [
  metric: string,
  labels: string,
  bucket: number,
  n: number,
  total: number,
  peak: number,
];

/** The values of labels as one text, in the order of their definition. */
export function labelText<M extends Metric>(metric: M, labels: LabelsOf<M>): string {
  const names: readonly string[] = METRICS[metric].labels;
  // The gate counts with every segment, by one label.
  if (names.length === 1) return (labels as Record<string, string>)[names[0]!]!;
  return names.map((name) => (labels as Record<string, string>)[name]).join(",");
}

/** The values of the labels, by their names. */
export function readLabels(metric: Metric, text: string): Record<string, string> {
  const values = text.split(",");
  return Object.fromEntries(
    METRICS[metric].labels.map((name, index) => [name, values[index] ?? ""]),
  );
}

/**
 * Buckets of a histogram, like those of OpenTelemetry's exponential histograms at scale 1: each ends at √2 times the
 * end of the previous one. Bucket 0 has all up to 1.
 */
const BUCKETS_PER_DOUBLING = 2;
/** 2³⁰ ms are twelve days. */
const MAX_BUCKET = 60;

export function bucketOf(value: number): number {
  if (!(value > 1)) return 0;
  return Math.min(MAX_BUCKET, Math.ceil(Math.log2(value) * BUCKETS_PER_DOUBLING));
}

const bucketEnd = (bucket: number): number => 2 ** (bucket / BUCKETS_PER_DOUBLING);

/**
 * The value that a share of all values does not exceed, interpolated within its bucket; null without values.
 * @param buckets how many values each bucket has, with the largest value of each
 */
export function quantile(
  buckets: readonly { bucket: number; n: number; peak: number }[],
  share: number,
): number | null {
  const sorted = buckets.filter(({ n }) => n > 0).toSorted((a, b) => a.bucket - b.bucket);
  let left = sorted.reduce((sum, { n }) => sum + n, 0) * share;
  for (const { bucket, n, peak } of sorted) {
    if (left <= n) {
      const start = bucket === 0 ? 0 : bucketEnd(bucket - 1);
      const end = Math.min(bucketEnd(bucket), Math.max(start, peak));
      return start + (end - start) * (left / n);
    }
    left -= n;
  }
  return sorted.at(-1)?.peak ?? null;
}
