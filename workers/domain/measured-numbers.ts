import { type Metric, readLabels } from "./metrics.ts";

/** A row of numbers, as stored in the metrics database. */
export interface MeasuredRow {
  at: number;
  metric: Metric;
  labels: string;
  bucket: number;
  /** How many values, their sum and the largest. */
  n: number;
  total: number;
  peak: number;
}

/** Which numbers of a metric: those with these labels. */
export interface Numbers {
  metric: Metric;
  labels?: Readonly<Record<string, string | RegExp>>;
}

function isOf({ metric, labels = {} }: Numbers, row: MeasuredRow): boolean {
  if (row.metric !== metric) return false;
  const values = readLabels(metric, row.labels);
  return Object.entries(labels).every(([name, wanted]) =>
    typeof wanted === "string" ? values[name] === wanted : wanted.test(values[name] ?? ""),
  );
}

export const numbersOf = (rows: readonly MeasuredRow[], numbers: Numbers): MeasuredRow[] =>
  rows.filter((row) => isOf(numbers, row));

/** The sum of all values. */
export const sumOf = (rows: readonly MeasuredRow[], ...numbers: readonly Numbers[]): number =>
  rows
    .filter((row) => numbers.some((each) => isOf(each, row)))
    .reduce((sum, { total }) => sum + total, 0);

/** A sum as a share of another; null if the other is not above 0, or less than `min`. */
export function shareOf(
  rows: readonly MeasuredRow[],
  of: Numbers,
  to: readonly Numbers[],
  min = 0,
): number | null {
  const all = sumOf(rows, ...to);
  return all >= min && all > 0 ? sumOf(rows, of) / all : null;
}
