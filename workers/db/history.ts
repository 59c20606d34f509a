import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { Catalog } from "./client.ts";
import { watchProgress } from "./playback-schema.ts";

export type WatchProgressRow = typeof watchProgress.$inferSelect;

/** A player reports every few seconds; nearer reports than these change nothing that matters. */
const MIN_SECONDS = 10;
const MIN_AGE = 10_000;

/** Keeps the newest position, writing only when it moved on or some time has passed: D1 is one writer. */
export async function putProgress(db: Catalog, row: WatchProgressRow): Promise<void> {
  const { position, finished, updatedAt } = row;
  await db
    .insert(watchProgress)
    .values(row)
    .onConflictDoUpdate({
      target: [watchProgress.userId, watchProgress.videoId],
      set: { position, finished, updatedAt },
      setWhere: sql`${watchProgress.updatedAt} <= ${updatedAt - MIN_AGE}
        or abs(${watchProgress.position} - ${position}) >= ${MIN_SECONDS}
        or ${watchProgress.finished} <> ${finished}`,
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

/** What an account watched, latest first. @param before only what is older, in milliseconds since the epoch */
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
