import { and, desc, eq, lt, sql } from "drizzle-orm";
import { type Catalog, idsIn, type Statement } from "./client.ts";
import { enqueueEvents } from "./outbox.ts";
import { videos, whereInBin } from "./schema.ts";
import { resumeTranscodes } from "./transcoding/transcodes.ts";
import { outbox } from "./upkeep-schema.ts";
import type { VideoRow } from "./videos.ts";

/** When a video was deleted, and its id. */
export type BinPosition = [deletedAt: number, id: string];

/** The videos in an account's bin, the last deleted first (index `videos_bin`). */
export function binnedVideos(
  db: Catalog,
  ownerId: string,
  after: BinPosition | null,
  limit: number,
): Promise<VideoRow[]> {
  return db
    .select()
    .from(videos)
    .where(
      and(
        eq(videos.ownerId, ownerId),
        whereInBin,
        after ? sql`(${videos.deletedAt}, ${videos.id}) < (${after[0]}, ${after[1]})` : undefined,
      ),
    )
    .orderBy(desc(videos.deletedAt), desc(videos.id))
    .limit(limit);
}

/**
 * Statements that restore videos from the bin: their transcodes continue, and search finds them again. They do nothing
 * to a video that has been erased.
 */
export function restoreStatements(db: Catalog, ids: readonly string[], now: number): Statement[] {
  const events = (["index-video", "sync-downloads", "hash-source"] as const).flatMap((kind) =>
    ids.map((videoId) => ({ kind, videoId })),
  );
  return [
    db
      .update(videos)
      .set({ deletedAt: null, updatedAt: now, revision: sql`revision + 1` })
      .where(and(sql`${videos.id} IN ${idsIn(ids)}`, whereInBin)),
    ...resumeTranscodes(db, ids, now),
    enqueueEvents(db, events, now),
  ];
}

/** Statements that erase the given videos if they are in the bin, and order the purge of their objects. */
export function eraseVideos(db: Catalog, ids: readonly string[], now: number): Statement[] {
  const condition = sql`${videos.id} IN ${idsIn(ids)}`;
  return [
    db.insert(outbox).select(
      sql`
          SELECT NULL, 'events', json_object('kind', 'purge-video', 'videoId', id), ${now}, NULL, 0
          FROM videos WHERE ${and(condition, whereInBin)}`,
    ),
    db.update(videos).set({ erasedAt: now, updatedAt: now }).where(and(condition, whereInBin)),
  ];
}

/**
 * Ids of videos that have been in the bin since before `deletedBefore`, of everyone (index `videos_bin_age`) or of one
 * account (index `videos_bin`).
 */
export async function binnedBefore(
  db: Catalog,
  deletedBefore: number,
  limit: number,
  ownerId?: string,
): Promise<string[]> {
  const isOwn = ownerId === undefined ? undefined : eq(videos.ownerId, ownerId);
  const rows = await db
    .select({ id: videos.id })
    .from(videos)
    .where(and(isOwn, lt(videos.deletedAt, deletedBefore), whereInBin))
    .orderBy(videos.deletedAt)
    .limit(limit);
  return rows.map((row) => row.id);
}

/** Bytes of the uploaded files in an account's bin. Plan: its videos in the bin (index `videos_bin`). */
export async function bytesInBin(db: Catalog, ownerId: string): Promise<number> {
  const [row] = await db
    .select({ bytes: sql<number>`coalesce(sum(${videos.sourceBytes}), 0)` })
    .from(videos)
    .where(and(eq(videos.ownerId, ownerId), whereInBin));
  return row?.bytes ?? 0;
}
