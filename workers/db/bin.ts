import { and, desc, eq, lt, type SQL, sql } from "drizzle-orm";
import type { Catalog, Statement } from "./client.ts";
import { enqueueEvent } from "./outbox.ts";
import { videos, whereInBin } from "./schema.ts";
import { resumeTranscode } from "./transcoding/transcodes.ts";
import { outbox } from "./upkeep-schema.ts";
import { idsIn, type VideoRow } from "./videos.ts";

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
 * Statements that take a video out of the bin, as it was: its transcode goes on, and search finds it again. They do
 * nothing once it has been erased.
 */
export function restoreStatements(
  db: Catalog,
  { id, version }: Pick<VideoRow, "id" | "version">,
  now: number,
): Statement[] {
  return [
    db
      .update(videos)
      .set({ deletedAt: null, updatedAt: now, revision: sql`revision + 1` })
      .where(and(eq(videos.id, id), eq(videos.version, version), whereInBin)),
    ...resumeTranscode(db, { videoId: id, version }, now),
    enqueueEvent(db, { kind: "index-video", videoId: id }, now),
    enqueueEvent(db, { kind: "sync-downloads", videoId: id }, now),
  ];
}

/** Statements that erase the videos in the bin that `condition` chooses, and have their objects purged. */
function eraseWhere(db: Catalog, condition: SQL | undefined, now: number): Statement[] {
  return [
    db.insert(outbox).select(
      sql`
          SELECT NULL, 'events', json_object('kind', 'purge-video', 'videoId', id), ${now}, NULL, 0
          FROM videos WHERE ${and(condition, whereInBin)}`,
    ),
    db.update(videos).set({ erasedAt: now, updatedAt: now }).where(and(condition, whereInBin)),
  ];
}

export function eraseVideos(db: Catalog, ids: readonly string[], now: number): Statement[] {
  return eraseWhere(db, sql`${videos.id} IN ${idsIn(ids)}`, now);
}

export function eraseBin(db: Catalog, ownerId: string, now: number): Statement[] {
  return eraseWhere(db, eq(videos.ownerId, ownerId), now);
}

/** Ids of videos that have been in the bin since before `deletedBefore` (index `videos_bin_age`). */
export async function binnedBefore(
  db: Catalog,
  deletedBefore: number,
  limit: number,
): Promise<string[]> {
  const rows = await db
    .select({ id: videos.id })
    .from(videos)
    .where(and(lt(videos.deletedAt, deletedBefore), whereInBin))
    .orderBy(videos.deletedAt)
    .limit(limit);
  return rows.map((row) => row.id);
}
