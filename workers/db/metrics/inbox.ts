import type { MetricsMessage } from "../../contract/messages.ts";
import { counted } from "../statement-count.ts";

export type MetricsEnv = Pick<Env, "METRICS">;

/** Batches that are added up by one statement, at some hundred numbers each. */
const BATCHES_PER_STATEMENT = 500;
/** A queue delivers a message again within its retries, which take minutes. */
const FOLDED_RETENTION_MS = 3_600_000;

/** Keeps what isolates have counted, until the cron adds it up. What is there already is left out. */
export async function keepBatches(
  env: MetricsEnv,
  batches: readonly Omit<MetricsMessage, "kind">[],
): Promise<void> {
  if (batches.length === 0) return;
  const rows = batches.map(({ id, at, points }) => [id, at, JSON.stringify(points)]);
  await counted(env.METRICS)
    .prepare(
      `INSERT OR IGNORE INTO inbox (id, at, points)
       SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)`,
    )
    .bind(JSON.stringify(rows))
    .run();
}

/** The next batches that have not been added up. Plan: `inbox_unfolded`. */
const NEXT = `SELECT seq FROM inbox WHERE folded_at IS NULL ORDER BY seq LIMIT ${BATCHES_PER_STATEMENT}`;

/**
 * Adds the next batches to the minutes in which they were counted. In one transaction with the mark that they are done, so
 * that each counts once.
 * @returns whether there may be more
 */
export async function foldBatches(env: MetricsEnv, now: number): Promise<boolean> {
  const db = counted(env.METRICS);
  const [, folded] = await db.batch([
    db.prepare(
      `INSERT INTO minutes (at, metric, labels, bucket, n, total, peak)
       SELECT inbox.at - inbox.at % 60000, p.value ->> 0, p.value ->> 1, p.value ->> 2,
         sum(p.value ->> 3), sum(p.value ->> 4), max(p.value ->> 5)
       FROM inbox, json_each(inbox.points) AS p
       WHERE inbox.seq IN (${NEXT})
       GROUP BY 1, 2, 3, 4
       ON CONFLICT (at, metric, labels, bucket) DO UPDATE SET
         n = n + excluded.n, total = total + excluded.total, peak = max(peak, excluded.peak)`,
    ),
    db.prepare(`UPDATE inbox SET folded_at = ?, points = '[]' WHERE seq IN (${NEXT})`).bind(now),
    db.prepare("DELETE FROM inbox WHERE folded_at < ?").bind(now - FOLDED_RETENTION_MS),
  ]);
  return folded?.meta.changes === BATCHES_PER_STATEMENT;
}
