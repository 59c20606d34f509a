import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { Catalog } from "./client.ts";
import { watchProgress } from "./playback-schema.ts";

export type WatchProgressRow = typeof watchProgress.$inferSelect;

/** Players report every few seconds: a report closer than this to the stored one is not written. */
const MIN_POSITION_CHANGE_SECONDS = 10;
const MIN_WRITE_INTERVAL_MS = 10_000;

/** Stores the newest position, but only once it has changed enough or some time has passed: D1 has a single writer. */
export async function putProgress(db: Catalog, row: WatchProgressRow): Promise<void> {
  const { position, finished, updatedAt } = row;
  await db
    .insert(watchProgress)
    .values(row)
    .onConflictDoUpdate({
      target: [watchProgress.userId, watchProgress.videoId],
      set: { position, finished, updatedAt },
      setWhere: sql`${watchProgress.updatedAt} <= ${updatedAt - MIN_WRITE_INTERVAL_MS}
        OR abs(${watchProgress.position} - ${position}) >= ${MIN_POSITION_CHANGE_SECONDS}
        OR ${watchProgress.finished} <> ${finished}`,
    });
}

export async function getProgress(
  db: Catalog,
  userId: string,
  videoId: string,
): Promise<WatchProgressRow | null> {
  const mine = and(eq(watchProgress.userId, userId), eq(watchProgress.videoId, videoId));
  return (await db.select().from(watchProgress).where(mine).get()) ?? null;
}

/** What an account watched, latest first. @param before only older entries, in milliseconds since the epoch */
export function listProgress(
  db: Catalog,
  userId: string,
  limit: number,
  before = Number.MAX_SAFE_INTEGER,
): Promise<WatchProgressRow[]> {
  return db
    .select()
    .from(watchProgress)
    .where(and(eq(watchProgress.userId, userId), lt(watchProgress.updatedAt, before)))
    .orderBy(desc(watchProgress.updatedAt))
    .limit(limit);
}

export async function clearProgress(db: Catalog, userId: string): Promise<void> {
  await db.delete(watchProgress).where(eq(watchProgress.userId, userId));
}
