import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { MAX_PLAYBACK_TOKEN_AGE_MS, videoSubject } from "../../domain/revocations.ts";
import type { Catalog, Statement } from "../client.ts";
import { revocations } from "../playback-schema.ts";
import { uploads, videos } from "../schema.ts";
import { tasks, transcodes } from "../transcoding-schema.ts";
import { outbox } from "../upkeep-schema.ts";

/**
 * Statements that erase all videos of an account, including its bin: they hide the videos at once, revoke their tokens
 * and stop their tasks. Messages then remove the stored objects and the entries in the search index.
 *
 * Plan: the videos of the account by `videos_owner`, the other tables by the ids of these videos.
 */
export function eraseVideosOf(db: Catalog, ownerId: string, now: number): Statement[] {
  const own = and(eq(videos.ownerId, ownerId), isNull(videos.erasedAt));
  const ids = db.select({ id: videos.id }).from(videos).where(own);
  const subjects = sql`(SELECT ${videoSubject("")} || id FROM videos WHERE ${own})`;
  const messages = (kind: "index-video" | "purge-video") =>
    db.insert(outbox).select(
      sql`
        SELECT NULL, 'events', json_object('kind', ${kind}, 'videoId', id), ${now}, NULL, 0
        FROM videos WHERE ${own}`,
    );
  return [
    db
      .update(uploads)
      .set({ state: "aborted" })
      .where(and(eq(uploads.ownerId, ownerId), eq(uploads.state, "open"))),
    db
      .update(transcodes)
      .set({ state: "paused", updatedAt: now })
      .where(and(inArray(transcodes.videoId, ids), eq(transcodes.state, "active"))),
    db
      .update(tasks)
      .set({ state: "queued", runner: null, leaseUntil: null })
      .where(and(inArray(tasks.videoId, ids), eq(tasks.state, "running"))),
    db.delete(revocations).where(sql`${revocations.subject} IN ${subjects}`),
    db.insert(revocations).select(
      sql`
        SELECT NULL, ${videoSubject("")} || id, ${now}, ${now + MAX_PLAYBACK_TOKEN_AGE_MS}
        FROM videos WHERE ${and(own, inArray(videos.state, ["playable", "ready"]))}`,
    ),
    messages("index-video"),
    messages("purge-video"),
    db
      .update(videos)
      .set({
        deletedAt: sql`coalesce(deleted_at, ${now})`,
        erasedAt: now,
        updatedAt: now,
        revision: sql`revision + 1`,
      })
      .where(own),
  ];
}
