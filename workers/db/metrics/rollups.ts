import type { MeasuredRow } from "../../domain/measured-numbers.ts";
import type { Metric } from "../../domain/metrics.ts";
import { counted } from "../statement-count.ts";
import type { MetricsEnv } from "./inbox.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The tables of numbers by the period of a row, and how long rows are kept. */
export const RESOLUTIONS = {
  minutes: { stepMs: MINUTE_MS, retentionMs: 2 * DAY_MS },
  hours: { stepMs: HOUR_MS, retentionMs: 60 * DAY_MS },
  days: { stepMs: DAY_MS, retentionMs: 731 * DAY_MS },
} as const;
export type Resolution = keyof typeof RESOLUTIONS;

/** Hours and days are added up this often, the current ones too. */
const ROLLUP_INTERVAL_MS = 10 * MINUTE_MS;
/** How late numbers may arrive and still be seen by hours and days. */
const MAX_LATE_MS = 30 * MINUTE_MS;

const floor = (time: number, stepMs: number): number => time - (time % stepMs);

/** Statement that rewrites the rows of a table since a time, from the finer table. Repeating it changes nothing. */
function rollup(db: D1Database, from: Resolution, to: Resolution, since: number) {
  const { stepMs } = RESOLUTIONS[to];
  return db
    .prepare(
      `INSERT INTO ${to} (at, metric, labels, bucket, n, total, peak)
       SELECT at - at % ${stepMs}, metric, labels, bucket, sum(n), sum(total), max(peak)
       FROM ${from} WHERE at >= ?
       GROUP BY 1, 2, 3, 4
       ON CONFLICT (at, metric, labels, bucket) DO UPDATE SET
         n = excluded.n, total = excluded.total, peak = excluded.peak`,
    )
    .bind(floor(since, stepMs));
}

/**
 * Aggregates minutes into hours and hours into days, and deletes expired rows; every ten minutes. After a pause it
 * continues where it stopped, as far back as there are minutes.
 */
export async function rollUp(env: MetricsEnv, now: number): Promise<void> {
  const db = counted(env.METRICS);
  const last = await db.prepare("SELECT at FROM rollups WHERE id = 1").first<number>("at");
  if (last !== null && now - last < ROLLUP_INTERVAL_MS) return;
  // Hours whose minutes are partly deleted must not be written again.
  const oldest = floor(now - RESOLUTIONS.minutes.retentionMs, HOUR_MS) + 2 * HOUR_MS;
  const since = Math.max((last ?? 0) - MAX_LATE_MS, oldest);
  await db.batch([
    rollup(db, "minutes", "hours", since),
    rollup(db, "hours", "days", since),
    ...Object.entries(RESOLUTIONS).map(([table, { retentionMs }]) =>
      db.prepare(`DELETE FROM ${table} WHERE at < ?`).bind(now - retentionMs),
    ),
    db
      .prepare(
        "INSERT INTO rollups (id, at) VALUES (1, ?) ON CONFLICT DO UPDATE SET at = excluded.at",
      )
      .bind(now),
  ]);
}

/** The rows of some metrics since a time, in its order. Plan: primary key; at most a few hundred rows per step. */
export async function readMetrics(
  env: MetricsEnv,
  resolution: Resolution,
  metrics: readonly Metric[],
  since: number,
): Promise<MeasuredRow[]> {
  const { results } = await counted(env.METRICS)
    .prepare(
      `SELECT at, metric, labels, bucket, n, total, peak FROM ${resolution}
       WHERE at >= ? AND metric IN (SELECT value FROM json_each(?)) ORDER BY at`,
    )
    .bind(since, JSON.stringify(metrics))
    .all<MeasuredRow>();
  return results;
}
