import { and, asc, gt, isNull, lt, or, lte, sql } from "drizzle-orm";
import { utcDay, nextMidnight } from "../domain/encode-budget.ts";
import type { Catalog, Statement } from "./client.ts";
import { encodeUsage } from "./runner-schema.ts";

type EncodeUsageRow = typeof encodeUsage.$inferSelect;

/**
 * Statements for the batch that ends an attempt: its time counts for the creator's day, and beyond the budget no further
 * task of theirs starts before the next. Attempts that run at that moment go on, so that the budget may be exceeded by
 * one task per slot. Plan: one row by its primary key.
 * @param attempt since when a runner has worked for whom
 * @param budgetMs null without a budget: nothing is counted
 */
export function countEncodeTime(
  db: Catalog,
  { ownerId, startedAt }: { ownerId: string; startedAt: number | null },
  budgetMs: number | null,
  now: number,
): Statement[] {
  if (budgetMs === null || startedAt === null) return [];
  const milliseconds = Math.max(0, now - startedAt);
  const day = utcDay(now);
  const isSpent = (spent: ReturnType<typeof sql>) =>
    sql<number | null>`CASE WHEN ${spent} >= ${budgetMs} THEN ${nextMidnight(now)} END`;
  const total = sql`(
    CASE WHEN encode_usage.day = ${day} THEN encode_usage.milliseconds ELSE 0 END + ${milliseconds})`;
  return [
    db
      .insert(encodeUsage)
      .values({ ownerId, day, milliseconds, heldUntil: isSpent(sql`${milliseconds}`) })
      .onConflictDoUpdate({
        target: encodeUsage.ownerId,
        set: { day, milliseconds: total, heldUntil: isSpent(total) },
      }),
  ];
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
