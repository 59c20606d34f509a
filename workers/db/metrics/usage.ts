import type { MeasuredRow } from "../../domain/measured-numbers.ts";
import { USAGE_METRICS } from "../../domain/usage-cost.ts";
import { counted } from "../statement-count.ts";
import type { MetricsEnv } from "./inbox.ts";
import { RESOLUTIONS } from "./rollups.ts";

/**
 * The numbers that costs are calculated from, of some hours or days. Plan: primary key, one look-up per step and metric, and
 * no row of any other metric.
 * @param since the beginning of the first step
 */
export async function readUsage(
  env: MetricsEnv,
  resolution: "hours" | "days",
  since: number,
  now: number,
): Promise<MeasuredRow[]> {
  const { stepMs } = RESOLUTIONS[resolution];
  const steps = Array.from(
    { length: Math.ceil((now - since + 1) / stepMs) },
    (_, index) => since + index * stepMs,
  );
  const { results } = await counted(env.METRICS)
    .prepare(
      `SELECT at, metric, labels, bucket, n, total, peak FROM ${resolution}
       WHERE at IN (SELECT value FROM json_each(?)) AND metric IN (SELECT value FROM json_each(?))`,
    )
    .bind(JSON.stringify(steps), JSON.stringify(USAGE_METRICS))
    .all<MeasuredRow>();
  return results;
}
