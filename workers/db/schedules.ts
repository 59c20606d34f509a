import { and, eq, lte, sql } from "drizzle-orm";
import type { Catalog, Statement } from "./client.ts";
import { enqueueEvent } from "./outbox.ts";
import { forgetPremieres, isAllowedToStart, isOfActive } from "./premieres.ts";
import { videoRevocations } from "./revocations.ts";
import { videos, whereToPublish, whereToUnpublish } from "./schema.ts";

/** A video whose time has come. */
export interface DueVideo {
  id: string;
  /** It becomes private, even if it is also due to be published. */
  isEnding: boolean;
}

/**
 * Videos to be published or unpublished, the longest due first. Plan: the partial indexes `videos_publish_at` and
 * `videos_unpublish_at`, which have only scheduled videos: no row when nothing is due.
 */
export async function dueVideos(db: Catalog, now: number, limit: number): Promise<DueVideo[]> {
  const [ending, starting] = await db.batch([
    db
      .select({ id: videos.id })
      .from(videos)
      .where(and(whereToUnpublish, lte(videos.unpublishAt, now), isOfActive))
      .orderBy(videos.unpublishAt)
      .limit(limit),
    db
      .select({ id: videos.id })
      .from(videos)
      .where(and(whereToPublish, lte(videos.publishAt, now), isOfActive))
      .orderBy(videos.publishAt)
      .limit(limit),
  ]);
  const ended = new Set(ending.map(({ id }) => id));
  return [
    ...ending.map(({ id }) => ({ id, isEnding: true })),
    ...starting.filter(({ id }) => !ended.has(id)).map(({ id }) => ({ id, isEnding: false })),
  ].slice(0, limit);
}

/**
 * Statements that carry out a video's schedule. They check it again, because its creator may have changed it. A video
 * that a moderator has hidden or has to review stays private, and one that was published by hand is not changed.
 */
export function followSchedule(db: Catalog, { id, isEnding }: DueVideo, now: number): Statement[] {
  const isStarting = sql`
    coalesce(publish_at <= ${now}, 0) AND NOT coalesce(unpublish_at <= ${now}, 0)
      AND visibility = 'private' AND hidden_at IS NULL AND ${isAllowedToStart}`;
  return [
    db
      .update(videos)
      .set({
        visibility: sql`
          CASE
            WHEN unpublish_at <= ${now} THEN 'private'
            WHEN ${isStarting} THEN 'public'
            ELSE visibility
          END`,
        publishedAt: sql`
          CASE
            WHEN published_at IS NULL AND ${isStarting} AND state IN ('playable', 'ready') THEN ${now}
            ELSE published_at
          END`,
        publishAt: sql`CASE WHEN publish_at <= ${now} THEN NULL ELSE publish_at END`,
        unpublishAt: sql`CASE WHEN unpublish_at <= ${now} THEN NULL ELSE unpublish_at END`,
        updatedAt: now,
        revision: sql`revision + 1`,
      })
      .where(and(eq(videos.id, id), sql`(publish_at <= ${now} OR unpublish_at <= ${now})`)),
    enqueueEvent(db, { kind: "index-video", videoId: id }, now),
    ...(isEnding ? [...videoRevocations(db, [id], now), forgetPremieres(db, [id])] : []),
  ];
}
