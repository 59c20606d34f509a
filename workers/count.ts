import {
  bucketOf,
  type Counter,
  type Histogram,
  type LabelsOf,
  labelText,
  type MetricPoint,
} from "./domain/metrics.ts";

/**
 * The numbers that this isolate has counted and not sent yet (services/metrics.ts). Counting only changes numbers in memory,
 * so it may stand anywhere, the gate included.
 */
const points = new Map<string, MetricPoint>();
/** Limit for all labels of one message: a code path without a bound on its labels must not fill the memory. */
const MAX_POINTS = 1000;

function add(metric: string, labels: string, bucket: number, value: number): void {
  const key = `${metric} ${bucket} ${labels}`;
  const point = points.get(key);
  if (point) {
    point[3]++;
    point[4] += value;
    if (value > point[5]) point[5] = value;
  } else if (points.size < MAX_POINTS) points.set(key, [metric, labels, bucket, 1, value, value]);
}

/** Adds to a counter. */
export function count<M extends Counter>(metric: M, labels: LabelsOf<M>, by = 1): void {
  add(metric, labelText(metric, labels), 0, by);
}

/** Records a value of a histogram. */
export function observe<M extends Histogram>(metric: M, labels: LabelsOf<M>, value: number): void {
  add(metric, labelText(metric, labels), bucketOf(value), value);
}

export const hasCounted = (): boolean => points.size > 0;

/** The counts since the last call of this function. */
export function takePoints(): MetricPoint[] {
  const taken = [...points.values()];
  points.clear();
  return taken;
}
