import { and, asc, sql } from "drizzle-orm";
import { type Catalog, idsIn, runBatch } from "./client.ts";
import { countPlus } from "./decayed-count.ts";
import type { LikeChange } from "./like-store.ts";
import { viewFlushes, views } from "./playback-schema.ts";
import { pickStatements, type ViewerPick, watchedPickStatements } from "./popular-searches.ts";
import type { CountedVideo } from "../domain/audience/audience-sums.ts";
import { viewCounterName } from "../domain/views.ts";
import { videos } from "./schema.ts";
import { count } from "../count.ts";

export type ViewCounterEnv = Pick<Env, "VIEWS">;

/** The object that counts the views of a video. */
export function viewCounterOf(env: ViewCounterEnv, videoId: string) {
  count("object.requests", { object: "views" });
  return env.VIEWS.getByName(viewCounterName(videoId));
}

/** What a counter has counted since its previous flush. */
export interface ViewFlush {
  /** Names the counter's storage. */
  counter: string;
  /** Grows with every flush of the counter: one that CATALOG has already is not applied again. */
  sequence: number;
  /** Views by video. `at`: time of the latest, in milliseconds since the epoch. */
  views: readonly { videoId: string; count: number; at: number }[];
  /** Which viewers watched which videos. */
  watched: readonly { videoId: string; who: string }[];
  picks: readonly ViewerPick[];
  likes: readonly LikeChange[];
}

/**
 * Adds what a counter has counted to the catalogue, once, however often it is called. Plan: one row per video, by primary key;
 * the same for picks.
 */
export async function applyViewFlush(db: Catalog, flush: ViewFlush): Promise<void> {
  const { counter, sequence } = flush;
  const isNew = sql`NOT EXISTS (
    SELECT 1 FROM ${viewFlushes} f WHERE f.counter = ${counter} AND f.sequence >= ${sequence})`;
  await runBatch(db, [
    ...pickStatements(db, flush.picks),
    ...watchedPickStatements(db, flush.watched),
    db
      .update(videos)
      .set({
        views: sql`views + n`,
        popularity: countPlus(sql`popularity`, sql`n`, sql`seen_at`),
      })
      .from(
        sql`(
          SELECT value ->> 'videoId' AS video, value ->> 'count' AS n, value ->> 'at' AS seen_at
          FROM json_each(${JSON.stringify(flush.views)})) AS counted`,
      )
      .where(and(sql`id = video`, isNew)),
    db
      .update(videos)
      .set({ likes: sql`max(0, likes + delta)` })
      .from(
        sql`(
          SELECT value ->> 'videoId' AS video, value ->> 'delta' AS delta
          FROM json_each(${JSON.stringify(flush.likes)})) AS changed`,
      )
      .where(and(sql`id = video`, isNew)),
    db
      .insert(viewFlushes)
      .values({ counter, sequence })
      .onConflictDoUpdate({
        target: viewFlushes.counter,
        set: { sequence },
        setWhere: sql`${viewFlushes.sequence} < ${sequence}`,
      }),
  ]);
}

/** Creator and duration of these videos by video id; erased videos have none. */
export async function countedVideos(
  db: Catalog,
  videoIds: readonly string[],
): Promise<Map<string, CountedVideo>> {
  const rows = await db
    .select({ id: videos.id, ownerId: videos.ownerId, duration: videos.duration })
    .from(videos)
    .where(sql`${videos.id} IN ${idsIn(videoIds)}`);
  return new Map(rows.map(({ id, ...video }) => [id, video]));
}

export type OldView = typeof views.$inferSelect;

/** Views whose playbacks CATALOG remembers from before there were counters. */
export function oldViews(db: Catalog, limit: number): Promise<OldView[]> {
  return db.select().from(views).orderBy(asc(views.seenAt)).limit(limit);
}

/** Forgets views that a counter remembers now. */
export async function deleteOldViews(db: Catalog, rows: readonly OldView[]): Promise<void> {
  const keys = JSON.stringify(rows.map(({ videoId, sessionId }) => [videoId, sessionId]));
  await db.delete(views).where(sql`(video_id, session_id) IN (
    SELECT value ->> 0, value ->> 1 FROM json_each(${keys}))`);
}
