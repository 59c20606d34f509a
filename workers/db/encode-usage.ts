import { and, asc, eq, gt, isNull, lt, or, lte, type SQL, sql } from "drizzle-orm";
import { utcDay, nextMidnight } from "../domain/tasks/encode-budget.ts";
import { type Catalog, idsIn, type Statement } from "./client.ts";
import { encodeUsage } from "./runner-schema.ts";
import { tasks } from "./transcoding-schema.ts";
import {
  type HeldTask,
  heldBy,
  lostBy,
  type TaskAttempt,
  tasksOfVersion,
  type VideoVersion,
  whileHeld,
} from "./transcoding/tasks.ts";

type EncodeUsageRow = typeof encodeUsage.$inferSelect;

/**
 * How long runners may work for a creator per day: the account's own limit, or else the site's. NULL for no limit,
 * which is 0 in both. Plan: one row by its primary key, in a small table.
 */
function budgetOf(ownerId: SQL, budgetMs: number | null): SQL {
  const own = sql`(SELECT encode_minutes_per_day * 60000 FROM account_quotas WHERE account_id = ${ownerId})`;
  return sql`nullif(coalesce(${own}, ${budgetMs ?? 0}), 0)`;
}

/**
 * Statements for the batch that ends an attempt: its time counts towards the creator's day, and once the budget is used
 * up, no further task of the creator starts before the next day. Running attempts continue, so the budget may be
 * exceeded by one task per slot. Plan: one row by its primary key.
 * @param attempt when it started, and for which creator
 * @param budgetMs of the site, for accounts without their own; null for none
 * @param fence the attempt without which the whole batch is undone
 */
export function countEncodeTime(
  db: Catalog,
  { ownerId, startedAt }: { ownerId: string; startedAt: number | null },
  budgetMs: number | null,
  now: number,
  fence?: TaskAttempt,
): Statement[] {
  if (startedAt === null) return [];
  const spent = Math.max(0, now - startedAt);
  const milliseconds = fence === undefined ? spent : whileHeld(fence, spent);
  const row = { ownerId, day: utcDay(now), milliseconds };
  const heldUntil = holdIfSpent(sql`${spent}`, budgetOf(sql`${ownerId}`, budgetMs), now);
  return [
    db
      .insert(encodeUsage)
      .values({ ...row, heldUntil })
      .onConflictDoUpdate(addition(budgetMs, now)),
  ];
}

type EndedAttempts =
  | { runner: string; held: readonly TaskAttempt[] }
  | { videoIds: readonly string[] }
  | { version: VideoVersion }
  | { ownerId: string }
  | { task: HeldTask };

function whatEnds(ended: EndedAttempts): SQL | undefined {
  if ("videoIds" in ended) return sql`${tasks.videoId} IN ${idsIn(ended.videoIds)}`;
  if ("version" in ended) return tasksOfVersion(ended.version);
  if ("runner" in ended) return lostBy(ended.runner, ended.held);
  if ("task" in ended) return and(heldBy(ended.task), sql`${tasks.runner} IS ${ended.task.runner}`);
  return sql`${tasks.videoId} IN (SELECT id FROM videos WHERE owner_id = ${ended.ownerId})`;
}

/**
 * As `countEncodeTime`, for attempts that have not been read before. Put it before the statements that end them. Plan:
 * index `tasks_runner`, the tasks of the videos, the videos of the creator and their tasks, or one row.
 * @param ended the tasks of a runner except `held`, all running tasks of some videos or a creator, or one task
 */
export function countEndedTime(
  db: Catalog,
  ended: EndedAttempts,
  budgetMs: number | null,
  now: number,
): Statement[] {
  const isEnded = whatEnds(ended);
  const spent = sql`sum(max(0, ${now} - ${tasks.startedAt}))`;
  return [
    db
      .insert(encodeUsage)
      .select(
        sql`
          SELECT ${tasks.ownerId}, ${utcDay(now)}, ${spent}, ${holdIfSpent(spent, budgetOf(sql`${tasks.ownerId}`, budgetMs), now)} FROM ${tasks}
          WHERE ${tasks.state} = 'running' AND ${tasks.runner} IS NOT NULL AND ${tasks.kind} <> 'finish'
            AND ${tasks.startedAt} IS NOT NULL AND ${isEnded}
          GROUP BY ${tasks.ownerId}`,
      )
      .onConflictDoUpdate(addition(budgetMs, now)),
  ];
}

/** Adds to the creator's use of today; the first attempt of a day starts from zero. */
function addition(budgetMs: number | null, now: number) {
  const day = utcDay(now);
  const total = sql`(
    CASE WHEN encode_usage.day = ${day} THEN encode_usage.milliseconds ELSE 0 END + excluded.milliseconds)`;
  return {
    target: encodeUsage.ownerId,
    set: {
      day,
      milliseconds: total,
      heldUntil: holdIfSpent(total, budgetOf(sql`excluded.owner_id`, budgetMs), now),
    },
  };
}

/** Until when the tasks of a creator with this many used milliseconds wait; null within the budget. */
function holdIfSpent(spent: SQL, budget: SQL, now: number) {
  return sql<number | null>`CASE WHEN ${spent} >= ${budget} THEN ${nextMidnight(now)} END`;
}

/** Statement that holds or releases the tasks of a creator after the budget has changed. Plan: one row by its key. */
export function holdAgain(
  db: Catalog,
  ownerId: string,
  budgetMs: number | null,
  now: number,
): Statement {
  const heldUntil = holdIfSpent(sql`milliseconds`, budgetOf(sql`owner_id`, budgetMs), now);
  return db
    .update(encodeUsage)
    .set({ heldUntil })
    .where(and(eq(encodeUsage.ownerId, ownerId), eq(encodeUsage.day, utcDay(now))));
}

/** Creators whose tasks wait for the next day, the next to be released first. Plan: by `encode_usage_held`. */
export function heldCreators(db: Catalog, now: number, limit: number): Promise<EncodeUsageRow[]> {
  return db
    .select()
    .from(encodeUsage)
    .where(gt(encodeUsage.heldUntil, now))
    .orderBy(asc(encodeUsage.heldUntil))
    .limit(limit)
    .all();
}

/** Lets the tasks of creators start again whose day is over. Plan: by `encode_usage_held`. */
export async function releaseHeld(db: Catalog, now: number): Promise<void> {
  await db.update(encodeUsage).set({ heldUntil: null }).where(lte(encodeUsage.heldUntil, now));
}

/** Deletes the counters of earlier days. Plan: by `encode_usage_day`. */
export async function forgetEncodeUsage(db: Catalog, now: number): Promise<void> {
  const isReleased = or(isNull(encodeUsage.heldUntil), lte(encodeUsage.heldUntil, now));
  await db.delete(encodeUsage).where(and(lt(encodeUsage.day, utcDay(now)), isReleased));
}
