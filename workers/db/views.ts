import { and, eq, lt, sql } from "drizzle-orm";
import { type Catalog, runBatch } from "./client.ts";
import { oneMore } from "./decayed-count.ts";
import { views } from "./playback-schema.ts";
import { videos } from "./schema.ts";

/** Playbacks of a video by the same person within this time are one view. */
const PERSON_WINDOW_MS = 3_600_000;

/**
 * Counts a playback session as one view, even if it is reported several times or concurrently, and not if the same person had
 * a view of the video shortly before. Plan: one row by the primary key of `views`, and one by `views_person`.
 * @param who keyed hash of the viewer; empty if unknown
 */
export async function countView(
  db: Catalog,
  { videoId, sessionId, who = "" }: { videoId: string; sessionId: string; who?: string },
  seenAt: number,
): Promise<void> {
  const isNew = sql`NOT EXISTS (
      SELECT 1 FROM views WHERE video_id = ${videoId} AND session_id = ${sessionId})
    AND (${who} = '' OR NOT EXISTS (
      SELECT 1 FROM views
      WHERE video_id = ${videoId} AND who = ${who} AND seen_at > ${seenAt - PERSON_WINDOW_MS}))`;
  await runBatch(db, [
    db
      .update(videos)
      .set({ views: sql`views + 1`, popularity: oneMore(videos.popularity, seenAt) })
      .where(and(eq(videos.id, videoId), isNew)),
    db.insert(views).select(
      db
        .select({
          videoId: sql<string>`${videoId}`.as("video_id"),
          sessionId: sql<string>`${sessionId}`.as("session_id"),
          who: sql<string>`${who}`.as("who"),
          seenAt: sql<number>`${seenAt}`.as("seen_at"),
        })
        .from(sql`(SELECT 1)`)
        .where(isNew),
    ),
  ]);
}

/** Deletes sessions from before a time: no playback token lives that long. */
export async function forgetViews(db: Catalog, before: number): Promise<void> {
  await db.delete(views).where(lt(views.seenAt, before));
}
