import { and, asc, desc, eq, gt, inArray, isNull, lt, type SQL, sql } from "drizzle-orm";
import type { PlannedTask } from "../contract/transcodes.ts";
import { utcDay } from "../domain/tasks/encode-budget.ts";
import { uploadDays } from "./accounts/account-admin-schema.ts";
import { type Catalog, idsIn, runBatch, type Statement } from "./client.ts";
import { enqueueEvent } from "./outbox.ts";
import { uploadParts, uploads, videos } from "./schema.ts";
import { uploadLinks } from "./upload-link-schema.ts";
import { type NewVersion, startVersion } from "./transcoding/versions.ts";
import type { VideoRow } from "./videos.ts";
import { startTranscode } from "./transcoding/transcodes.ts";
import { NO_QUOTA, quotaOf, startOf, type UploadUsage, usage, usageOf } from "./upload-usage.ts";

export type UploadRow = typeof uploads.$inferSelect;
export type PartRow = Pick<typeof uploadParts.$inferSelect, "partNumber" | "etag">;
type NewVideo = typeof videos.$inferInsert;

export async function findUpload(db: Catalog, id: string): Promise<UploadRow | null> {
  return (await db.select().from(uploads).where(eq(uploads.id, id)).get()) ?? null;
}

/** Recorded parts, in order. */
export function recordedParts(db: Catalog, uploadId: string): Promise<PartRow[]> {
  return db
    .select({ partNumber: uploadParts.partNumber, etag: uploadParts.etag })
    .from(uploadParts)
    .where(eq(uploadParts.uploadId, uploadId))
    .orderBy(asc(uploadParts.partNumber));
}

/** An account's open uploads, the newest first, and what it uses. Plan: index `uploads_owner`, at most `limit` rows. */
export async function openUploadsOf(
  db: Catalog,
  ownerId: string,
  now: number,
  limit: number,
): Promise<{ rows: UploadRow[]; bytes: number; quota: UploadUsage["quota"] }> {
  const isOpen = and(
    eq(uploads.ownerId, ownerId),
    eq(uploads.state, "open"),
    gt(uploads.expiresAt, now),
  );
  const [rows, used, quota] = await db.batch([
    db.select().from(uploads).where(isOpen).orderBy(desc(uploads.createdAt)).limit(limit),
    usage(db, ownerId),
    quotaOf(db, ownerId),
  ]);
  return { rows, bytes: used[0]?.bytes ?? 0, quota: quota[0] ?? NO_QUOTA };
}

/**
 * Inserts a new upload and its video. In one transaction, so that concurrent uploads count each other. Uploads of the day are
 * counted where their number is limited.
 * @param uploadsPerDay of the site, for accounts without their own; 0 for no limit
 * @returns what the creator then uses
 */
export async function insertUpload(
  db: Catalog,
  video: NewVideo,
  upload: UploadRow,
  uploadsPerDay = 0,
): Promise<UploadUsage> {
  const [, , , used, quota, today] = await db.batch([
    db.insert(videos).values(video),
    db.insert(uploads).values(upload),
    ...startOf(db, upload, uploadsPerDay),
  ]);
  return usageOf(used, quota, today);
}

/** Like `insertUpload`, for a file of an existing video. */
export async function insertSourceUpload(
  db: Catalog,
  upload: UploadRow,
  uploadsPerDay = 0,
): Promise<UploadUsage> {
  const [, , used, quota, today] = await db.batch([
    db.insert(uploads).values(upload),
    ...startOf(db, upload, uploadsPerDay),
  ]);
  return usageOf(used, quota, today);
}

/** Undoes `insertUpload` and `insertSourceUpload`. */
export async function forgetUpload(db: Catalog, upload: UploadRow): Promise<void> {
  const { ownerId, createdAt } = upload;
  await runBatch(db, [
    db.delete(uploads).where(eq(uploads.id, upload.id)),
    db.delete(uploadLinks).where(eq(uploadLinks.uploadId, upload.id)),
    db.delete(videos).where(and(eq(videos.id, upload.videoId), eq(videos.state, "uploading"))),
    db
      .update(uploadDays)
      .set({ count: sql`count - 1` })
      .where(and(eq(uploadDays.ownerId, ownerId), eq(uploadDays.day, utcDay(createdAt)))),
  ]);
}

/** Records the ETag of a part; a part that is uploaded again replaces the earlier record. */
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

/** Whether an upload is in a state, when the statement runs. */
function uploadIs(id: string, state: UploadRow["state"]): SQL {
  return sql`EXISTS (SELECT 1 FROM uploads WHERE id = ${id} AND state = ${state})`;
}

/**
 * Completes the upload if it is still open, moves the video on from `uploading` and starts its transcode, in one
 * transaction. Every later statement depends on the first having happened, so a loser and a repetition change nothing.
 * @returns the state of the upload afterwards: `completed`, unless it ended in another way before
 */
export async function markCompleted(
  db: Catalog,
  upload: UploadRow,
  object: { etag: string },
  plan: PlannedTask,
  contentKey: string,
  now: number,
): Promise<UploadRow["state"]> {
  const { id, videoId, ownerId, key } = upload;
  const isCompleted = uploadIs(id, "completed");
  const video = { id: videoId, ownerId, version: 1, sourceKey: key, contentKey };
  const [, rows] = await db.batch([
    db
      .update(uploads)
      .set({ state: "completed", etag: object.etag })
      .where(and(eq(uploads.id, id), eq(uploads.state, "open"))),
    db.select({ state: uploads.state }).from(uploads).where(eq(uploads.id, id)),
    db
      .update(videos)
      .set({
        state: "queued",
        sourceKey: key,
        sourceBytes: upload.size,
        contentType: upload.contentType,
        updatedAt: now,
      })
      .where(and(eq(videos.id, videoId), eq(videos.state, "uploading"), isCompleted)),
    db.delete(uploadParts).where(and(eq(uploadParts.uploadId, id), isCompleted)),
    ...startTranscode(db, video, plan, now),
    enqueueEvent(db, { kind: "hash-source", videoId }, now),
  ]);
  return rows[0]?.state ?? "aborted";
}

/** Completes the upload of a file from which nothing follows yet. @returns its state afterwards */
export async function completeAudio(
  db: Catalog,
  { id }: UploadRow,
  object: { etag: string },
): Promise<UploadRow["state"]> {
  const [, , rows] = await db.batch([
    db
      .update(uploads)
      .set({ state: "completed", etag: object.etag })
      .where(and(eq(uploads.id, id), eq(uploads.state, "open"))),
    db.delete(uploadParts).where(and(eq(uploadParts.uploadId, id), uploadIs(id, "completed"))),
    db.select({ state: uploads.state }).from(uploads).where(eq(uploads.id, id)),
  ]);
  return rows[0]?.state ?? "aborted";
}

/**
 * Statements for a file of an existing video: they complete its upload and begin a version (`startVersion`), or their
 * batch is undone.
 */
export function completeSource(
  db: Catalog,
  { id }: UploadRow,
  object: { etag: string },
  video: Pick<VideoRow, "id" | "ownerId" | "version">,
  next: NewVersion,
  plan: PlannedTask,
  now: number,
): Statement[] {
  return [
    ...startVersion(db, video, next, [plan], now, uploadIs(id, "open")),
    db.update(uploads).set({ state: "completed", etag: object.etag }).where(eq(uploads.id, id)),
    db.delete(uploadParts).where(eq(uploadParts.uploadId, id)),
  ];
}

/**
 * Ends an upload that is still open and deletes its video, in one transaction. It does nothing to an upload that was
 * completed before.
 * @returns the state of the upload afterwards
 */
export async function closeUpload(
  db: Catalog,
  { id, videoId }: UploadRow,
  state: "aborted" | "expired",
  now: number,
): Promise<UploadRow["state"]> {
  const [, rows] = await db.batch([
    db
      .update(uploads)
      .set({ state })
      .where(and(eq(uploads.id, id), eq(uploads.state, "open"))),
    db.select({ state: uploads.state }).from(uploads).where(eq(uploads.id, id)),
    db
      .update(videos)
      .set({ deletedAt: now, erasedAt: now, updatedAt: now, revision: sql`revision + 1` })
      .where(
        and(
          eq(videos.id, videoId),
          eq(videos.state, "uploading"),
          isNull(videos.deletedAt),
          uploadIs(id, state),
        ),
      ),
    db
      .update(uploadLinks)
      .set({ url: "", claim: null, dueAt: null })
      .where(and(eq(uploadLinks.uploadId, id), uploadIs(id, state))),
    // Both do nothing to a video that was not erased.
    enqueueEvent(db, { kind: "index-video", videoId }, now),
    enqueueEvent(db, { kind: "purge-video", videoId }, now),
  ]);
  return rows[0]?.state ?? state;
}

/** Statement that aborts the open uploads of videos that are being deleted. */
export function abortUploads(db: Catalog, videoIds: readonly string[]): Statement {
  return db
    .update(uploads)
    .set({ state: "aborted" })
    .where(and(sql`${uploads.videoId} IN ${idsIn(videoIds)}`, sql`+${uploads.state} = 'open'`));
}

export function uploadsOfVideo(db: Catalog, videoId: string): Promise<UploadRow[]> {
  return db.select().from(uploads).where(eq(uploads.videoId, videoId));
}

/**
 * Deletes the records of uploads that have ended, and would have expired by then. Until then a client that did not get the
 * response can ask what became of its upload. Plan: index `uploads_expiry`, a look-up per state.
 * @returns how many, at most `limit`
 */
export async function forgetEndedUploads(
  db: Catalog,
  expiredBefore: number,
  limit: number,
): Promise<number> {
  const ended = db
    .select({ id: uploads.id })
    .from(uploads)
    .where(
      and(
        inArray(uploads.state, ["completed", "aborted", "expired"]),
        lt(uploads.expiresAt, expiredBefore),
      ),
    )
    .limit(limit);
  const rows = await ended;
  const ids = idsIn(rows.map(({ id }) => id));
  await runBatch(db, [
    db.delete(uploadParts).where(sql`${uploadParts.uploadId} IN ${ids}`),
    db.delete(uploadLinks).where(sql`${uploadLinks.uploadId} IN ${ids}`),
    db.delete(uploads).where(sql`${uploads.id} IN ${ids}`),
  ]);
  return rows.length;
}

/** Open uploads that have expired, the earliest first. */
export function expiredUploads(db: Catalog, now: number, limit: number): Promise<UploadRow[]> {
  return db
    .select()
    .from(uploads)
    .where(and(eq(uploads.state, "open"), lt(uploads.expiresAt, now)))
    .orderBy(asc(uploads.expiresAt))
    .limit(limit);
}
