import { and, eq, isNull, sql } from "drizzle-orm";
import { type Catalog, idsIn } from "./client.ts";
import { videos } from "./schema.ts";

/** Notes of which series a video is an episode, so that its page need not ask its creator's library. */
export async function joinSeries(db: Catalog, seriesId: string, videoId: string): Promise<void> {
  await db
    .update(videos)
    .set({ seriesId })
    .where(and(eq(videos.id, videoId), isNull(videos.seriesId)));
}

/** Plan: one row per video, by primary key. */
export async function leaveSeries(
  db: Catalog,
  seriesId: string,
  videoIds: readonly string[],
): Promise<void> {
  await db
    .update(videos)
    .set({ seriesId: null })
    .where(and(sql`${videos.id} IN ${idsIn(videoIds)}`, eq(videos.seriesId, seriesId)));
}
