import { and, asc, eq, isNull, lt, sql } from "drizzle-orm";
import type { PlannedTask } from "../contract/transcodes.ts";
import { type Catalog, runBatch, type Statement } from "./client.ts";
import { uploadParts, uploads, videos } from "./schema.ts";
import { startTranscode } from "./transcoding/transcodes.ts";

export type UploadRow = typeof uploads.$inferSelect;
export type PartRow = Pick<typeof uploadParts.$inferSelect, "partNumber" | "etag">;
type NewVideo = typeof videos.$inferInsert;

export async function findUpload(db: Catalog, id: string): Promise<UploadRow | null> {
  return (await db.select().from(uploads).where(eq(uploads.id, id)).get()) ?? null;
}

/** Parts on record, in order. */
export function recordedParts(db: Catalog, uploadId: string): Promise<PartRow[]> {
  return db
    .select({ partNumber: uploadParts.partNumber, etag: uploadParts.etag })
    .from(uploadParts)
    .where(eq(uploadParts.uploadId, uploadId))
    .orderBy(asc(uploadParts.partNumber));
}

/** Bytes that count against a creator's quota: stored sources and what open uploads have announced. */
const usedBytes = (db: Catalog, ownerId: string) =>
  db
    .select({
      bytes: sql<number>`coalesce(sum(${videos.sourceBytes}), 0) + (
        select coalesce(sum(${uploads.size}), 0) from ${uploads}
        where ${uploads.ownerId} = ${ownerId} and ${uploads.state} = 'open')`,
    })
    .from(videos)
    .where(and(eq(videos.ownerId, ownerId), isNull(videos.deletedAt)));

/** Stores both rows and returns the bytes in use with them, in one transaction, so that races count each other. */
export async function insertUpload(
  db: Catalog,
  video: NewVideo,
  upload: UploadRow,
): Promise<number> {
  const [, , used] = await db.batch([
    db.insert(videos).values(video),
    db.insert(uploads).values(upload),
    usedBytes(db, upload.ownerId),
  ]);
  return used[0]?.bytes ?? 0;
}

/** Takes both rows back. */
export async function forgetUpload(db: Catalog, upload: UploadRow): Promise<void> {
  await runBatch(db, [
    db.delete(uploads).where(eq(uploads.id, upload.id)),
    db.delete(videos).where(eq(videos.id, upload.videoId)),
  ]);
}

/** A part sent again replaces the older record. */
export async function recordPart(
  db: Catalog,
  uploadId: string,
  partNumber: number,
  etag: string,
): Promise<void> {
  await db
    .insert(uploadParts)
    .values({ uploadId, partNumber, etag })
    .onConflictDoUpdate({ target: [uploadParts.uploadId, uploadParts.partNumber], set: { etag } });
}

/**
 * In one transaction: the upload is completed, the video leaves `uploading`, its transcode begins. Every statement
 * is conditional, so a repetition changes nothing.
 */
export async function markCompleted(
  db: Catalog,
  upload: UploadRow,
  object: { etag: string },
  plan: PlannedTask,
  contentKey: string,
  now: number,
): Promise<void> {
  const { videoId, ownerId, key } = upload;
  await runBatch(db, [
    db
      .update(videos)
      .set({
        state: "queued",
        sourceKey: key,
        sourceBytes: upload.size,
        contentType: upload.contentType,
        updatedAt: now,
      })
      .where(and(eq(videos.id, videoId), eq(videos.state, "uploading"))),
    db
      .update(uploads)
      .set({ state: "completed", etag: object.etag })
      .where(and(eq(uploads.id, upload.id), eq(uploads.state, "open"))),
    db.delete(uploadParts).where(eq(uploadParts.uploadId, upload.id)),
    ...startTranscode(
      db,
      { id: videoId, ownerId, version: 1, sourceKey: key, contentKey },
      plan,
      now,
    ),
  ]);
}

/** Statements that close what is still open of a video's uploads. */
export const closeUploads = (
  db: Catalog,
  videoId: string,
  state: "aborted" | "expired",
): Statement =>
  db
    .update(uploads)
    .set({ state })
    .where(and(eq(uploads.videoId, videoId), eq(uploads.state, "open")));

export function uploadsOfVideo(db: Catalog, videoId: string): Promise<UploadRow[]> {
  return db.select().from(uploads).where(eq(uploads.videoId, videoId));
}

/** The open uploads that are past their time, oldest first. */
export function expiredUploads(db: Catalog, now: number, limit: number): Promise<UploadRow[]> {
  return db
    .select()
    .from(uploads)
    .where(and(eq(uploads.state, "open"), lt(uploads.expiresAt, now)))
    .orderBy(asc(uploads.expiresAt))
    .limit(limit);
}
