import { and, eq, lt, sql } from "drizzle-orm";
import { type Catalog, runBatch } from "./client.ts";
import { oneMore } from "./decayed-count.ts";
import { views } from "./playback-schema.ts";
import { videos } from "./schema.ts";

/** Counts a playback session as one view, even if it is reported several times or concurrently. */
export async function countView(
  db: Catalog,
  { videoId, sessionId }: { videoId: string; sessionId: string },
  seenAt: number,
): Promise<void> {
  const isNew = sql`NOT EXISTS (
    SELECT 1 FROM ${views} WHERE video_id = ${videoId} AND session_id = ${sessionId})`;
  await runBatch(db, [
    db
      .update(videos)
      .set({ views: sql`views + 1`, popularity: oneMore(videos.popularity, seenAt) })
      .where(and(eq(videos.id, videoId), isNew)),
    db.insert(views).values({ videoId, sessionId, seenAt }).onConflictDoNothing(),
  ]);
}

/** Deletes sessions from before a time: no playback token lives that long. */
export async function forgetViews(db: Catalog, before: number): Promise<void> {
  await db.delete(views).where(lt(views.seenAt, before));
}
