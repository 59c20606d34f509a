import { eq, sql } from "drizzle-orm";
import { type Catalog, idsIn, type Statement } from "./client.ts";
import { videos } from "./schema.ts";
import { premieres } from "./video-access-schema.ts";

/** Premieres of a suspended account wait until the suspension ends. */
export const isOfActive = sql`NOT EXISTS (
  SELECT 1 FROM suspended_accounts WHERE account_id = videos.owner_id)`;

/** The video has no limits by a moderator and waits for no review. */
export const isAllowedToStart = sql`
  NOT EXISTS (SELECT 1 FROM video_reviews r WHERE r.video_id = videos.id AND r.state <> 'approved')
    AND NOT EXISTS (SELECT 1 FROM video_limits l WHERE l.video_id = videos.id AND l.unlisted)`;

/**
 * Query of whether others may see the page of a scheduled video: nothing is shown before its time that would not be shown
 * then. Plan: one row each by a key.
 */
export function premiereQuery(db: Catalog, videoId: string) {
  return db
    .select({ videoId: premieres.videoId })
    .from(premieres)
    .innerJoin(videos, eq(videos.id, premieres.videoId))
    .where(sql`${premieres.videoId} = ${videoId} AND ${isOfActive} AND ${isAllowedToStart}`);
}

export async function hasPremiere(db: Catalog, videoId: string): Promise<boolean> {
  return (await premiereQuery(db, videoId)).length > 0;
}

/** Statement that shows the page of a scheduled video before its time. */
export function announcePremiere(db: Catalog, videoId: string): Statement {
  return db.insert(premieres).values({ videoId }).onConflictDoNothing();
}

/** Statement after which nothing of these videos is shown before their time. */
export function forgetPremieres(db: Catalog, videoIds: readonly string[]): Statement {
  return db.delete(premieres).where(sql`${premieres.videoId} IN ${idsIn(videoIds)}`);
}
