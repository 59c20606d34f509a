import { sql } from "drizzle-orm";
import type { TaskKind } from "../contract/transcodes.ts";
import { type Lane, needOfLane } from "../domain/tasks/lanes.ts";
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
/** Counting tasks per state stops here: a backlog has many, and they are counted each minute. */
const MAX_COUNTED_TASKS = 1_000;
/** A runner that has not asked for this long is away. */
const MAX_QUIET_MS = 120_000;
/** Same as in jobs/search/repair-index.ts, which starts there. */
const FIRST_COMPARISON_MS = 86_400_000;
/** Same as in `readiness`: a container starts within seconds. */
const MAX_WITHOUT_RUNNER_MS = 5 * 60_000;

/** The state of a task that has not ended. Tasks that wait for an earlier stage have none of these. */
type OpenTaskState = "waiting" | "running" | "retrying";

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
  running: number;
  waitingSince: number;
  awake: number;
  /** Containers that run. */
  containers: number;
}

/**
 * When the task that has waited longest began to wait; NULL if none waits. Plan: index `lanes_next`. Each step seeks the first
 * row of the next pair of `lane` and `running`, so that the cost grows with the pairs, not with the lanes that wait.
 */
const waitingSince = sql`(
  WITH RECURSIVE firsts(id) AS (
    SELECT (SELECT rowid FROM ${lanes} WHERE held = 0 ORDER BY lane, running, since LIMIT 1)
    UNION ALL
    SELECT coalesce(
      (
        SELECT next.rowid FROM ${lanes} AS next
        WHERE next.held = 0 AND next.lane = first.lane AND next.running > first.running
        ORDER BY next.running, next.since LIMIT 1
      ),
      (
        SELECT next.rowid FROM ${lanes} AS next
        WHERE next.held = 0 AND next.lane > first.lane
        ORDER BY next.lane, next.running, next.since LIMIT 1
      )
    )
    FROM firsts JOIN ${lanes} AS first ON first.rowid = firsts.id
  )
  SELECT min(first.since) FROM firsts JOIN ${lanes} AS first ON first.rowid = firsts.id
)`;

/** When the oldest waiting task began to wait, how many tasks run, and how many runners ask for tasks. */
export async function taskGauges(
  db: Catalog,
  now: number,
): Promise<TaskGauges & { missing: boolean }> {
  const [row] = await db.all<TaskGauges>(sql`
    SELECT
      coalesce((SELECT running FROM ${scheduler} WHERE id = 1), 0) AS running,
      coalesce(${waitingSince}, ${now}) AS waitingSince,
      ${upTo(sql`${runners} WHERE last_seen_at > ${now - MAX_QUIET_MS}`)} AS awake,
      ${countAwake(db, now)} AS containers`);
  if (!row) throw new Error("A query without rows.");
  return { ...row, missing: await hasNoRunner(db, now - MAX_WITHOUT_RUNNER_MS) };
}

export interface OpenTasks {
  kind: TaskKind;
  state: OpenTaskState;
  n: number;
}

/**
 * How many tasks of each kind may start, run, and wait for another try; kinds without any are left out. Plan: `tasks_lane`,
 * whose lanes say the kind, `tasks_lease` and `tasks_waiting`, each up to the limit. Of more waiting tasks than that, it
 * counts those of the first creators by id.
 */
export async function openTasks(db: Catalog): Promise<OpenTasks[]> {
  const rows = await db.all<{ state: OpenTaskState; part: string; n: number }>(sql`
    SELECT 'waiting' AS state, lane AS part, count(*) AS n
    FROM (SELECT lane FROM ${tasks} WHERE runnable = 1 LIMIT ${MAX_COUNTED_TASKS}) GROUP BY lane
    UNION ALL SELECT 'running', kind, count(*)
    FROM (SELECT kind FROM ${tasks} WHERE state = 'running' AND lease_until > 0 LIMIT ${MAX_COUNTED_TASKS}) GROUP BY kind
    UNION ALL SELECT 'retrying', kind, count(*)
    FROM (SELECT kind FROM ${tasks} WHERE state = 'queued' AND not_before > 0 LIMIT ${MAX_COUNTED_TASKS}) GROUP BY kind`);
  const counts = new Map<string, OpenTasks>();
  for (const { state, part, n } of rows) {
    const kind = (state === "waiting" ? needOfLane(part as Lane).kind : part) as TaskKind;
    const known = counts.get(`${state} ${kind}`);
    if (known) known.n += n;
    else counts.set(`${state} ${kind}`, { kind, state, n });
  }
  return [...counts.values()];
}

/** How many tasks are in a state. */
export const openTasksOf = (open: readonly OpenTasks[], state: OpenTaskState): number =>
  open.filter((each) => each.state === state).reduce((sum, { n }) => sum + n, 0);

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
