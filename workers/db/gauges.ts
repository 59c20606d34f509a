import { sql } from "drizzle-orm";
import type { Catalog } from "./client.ts";
import { hasNoRunner } from "./health.ts";
import { changedAfter } from "./index-lag.ts";
import { runners } from "./runner-schema.ts";
import { countAwake } from "./runners.ts";
import { readComparison } from "./search/compare.ts";
import { counted } from "./statement-count.ts";
import { lanes, scheduler, tasks } from "./transcoding-schema.ts";
import { deadLetters, outbox } from "./upkeep-schema.ts";

/** Counting stops here, because a gauge must not read a whole table. */
const MAX_COUNTED = 10_000;
/** A runner that has not asked for this long is away. */
const MAX_QUIET_MS = 120_000;
/** As of jobs/search/repair-index.ts, which starts there. */
const FIRST_COMPARISON_MS = 86_400_000;
/** As of `readiness`: a container starts within seconds. */
const MAX_WITHOUT_RUNNER_MS = 5 * 60_000;

const upTo = (rows: ReturnType<typeof sql>) =>
  sql`(SELECT count(*) FROM (SELECT 1 FROM ${rows} LIMIT ${MAX_COUNTED}))`;

interface QueueGauges {
  unsent: number;
  unsentSince: number;
  unhandled: number;
  unhandledSince: number;
  dead: number;
}

/**
 * Messages that no queue has accepted and messages that have not been handled, with the oldest of each, and dead
 * letters.
 */
export async function queueGauges(db: Catalog, now: number): Promise<QueueGauges> {
  const [row] = await db.all<QueueGauges>(sql`
    SELECT
      ${upTo(sql`${outbox} WHERE sent_at IS NULL`)} AS unsent,
      coalesce((SELECT created_at FROM ${outbox} WHERE sent_at IS NULL ORDER BY id LIMIT 1), ${now}) AS unsentSince,
      ${upTo(sql`${outbox} WHERE sent_at IS NOT NULL`)} AS unhandled,
      coalesce((SELECT min(sent_at) FROM ${outbox} WHERE sent_at IS NOT NULL), ${now}) AS unhandledSince,
      ${upTo(sql`${deadLetters}`)} AS dead`);
  if (!row) throw new Error("A query without rows.");
  return row;
}

interface TaskGauges {
  waiting: number;
  running: number;
  waitingSince: number;
  awake: number;
  /** Containers that run. */
  containers: number;
}

/** Tasks that may start, since when the oldest waits, those that run, and runners that ask. */
export async function taskGauges(
  db: Catalog,
  now: number,
): Promise<TaskGauges & { missing: boolean }> {
  const [row] = await db.all<TaskGauges>(sql`
    SELECT
      ${upTo(sql`${tasks} WHERE runnable = 1`)} AS waiting,
      coalesce((SELECT running FROM ${scheduler} WHERE id = 1), 0) AS running,
      coalesce((SELECT min(since) FROM ${lanes} WHERE held = 0), ${now}) AS waitingSince,
      ${upTo(sql`${runners} WHERE last_seen_at > ${now - MAX_QUIET_MS}`)} AS awake,
      ${countAwake(db, now)} AS containers`);
  if (!row) throw new Error("A query without rows.");
  return { ...row, missing: await hasNoRunner(db, now - MAX_WITHOUT_RUNNER_MS) };
}

/** How long the oldest change waits that the search index was not compared with. A change of the last minute is not late. */
export async function indexLagMs(
  env: Pick<Env, "SEARCH">,
  db: Catalog,
  now: number,
): Promise<number> {
  const last = (await readComparison(env)) ?? { updatedAt: now - FIRST_COMPARISON_MS, id: "" };
  const [oldest] = await changedAfter(db, last, now, 1);
  return oldest ? now - oldest.updatedAt : 0;
}

/** The size of a database, which D1 says with every answer. */
export async function bytesOf(database: D1Database): Promise<number> {
  const { meta } = await counted(database).prepare("SELECT 1").run();
  return meta.size_after;
}
