import { and, eq, isNull, lte, or, sql } from "drizzle-orm";
import { type Catalog, idsIn, rowsChanged, runBatch } from "./client.ts";
import { enqueueEvent, enqueueEvents } from "./outbox.ts";
import { uploadParts, uploads, videos } from "./schema.ts";
import { uploadLinks } from "./upload-link-schema.ts";
import { startOf, type UploadUsage, usageOf } from "./upload-usage.ts";
import type { UploadRow } from "./uploads.ts";

export type UploadLinkRow = typeof uploadLinks.$inferSelect;

/**
 * Like `insertUpload`, for a file that the Worker reads from a link: the message that starts reading is stored with it.
 */
export async function insertLinkUpload(
  db: Catalog,
  video: typeof videos.$inferInsert,
  upload: UploadRow,
  link: Pick<UploadLinkRow, "url" | "validator" | "size" | "dueAt">,
  uploadsPerDay = 0,
): Promise<UploadUsage> {
  const { id: uploadId, videoId, createdAt } = upload;
  const [, , , , , used, quota, today] = await db.batch([
    db.insert(videos).values(video),
    db.insert(uploads).values(upload),
    db.insert(uploadLinks).values({ uploadId, videoId, ...link }),
    enqueueEvent(db, { kind: "read-link", uploadId }, createdAt),
    ...startOf(db, upload, uploadsPerDay),
  ]);
  return usageOf(used, quota, today);
}

export async function findLink(db: Catalog, uploadId: string): Promise<UploadLinkRow | null> {
  return (
    (await db.select().from(uploadLinks).where(eq(uploadLinks.uploadId, uploadId)).get()) ?? null
  );
}

/** How many links of an account are being read. Plan: index `uploads_owner`, its open uploads, and a row by its key each. */
export async function countOpenLinks(db: Catalog, ownerId: string): Promise<number> {
  const row = await db.get<{ count: number }>(
    sql`
      SELECT count(*) AS count
      FROM uploads JOIN upload_links ON upload_links.upload_id = uploads.id
      WHERE uploads.owner_id = ${ownerId} AND uploads.state = 'open'`,
  );
  return row.count;
}

/** The uploads among these that are read from links. */
export async function linksOf(
  db: Catalog,
  uploadIds: readonly string[],
): Promise<Map<string, UploadLinkRow>> {
  const rows = await db
    .select()
    .from(uploadLinks)
    .where(sql`${uploadLinks.uploadId} IN ${idsIn(uploadIds)}`);
  return new Map(rows.map((row) => [row.uploadId, row]));
}

/**
 * Assigns a link to one consumer, unless another one has it: a message may arrive twice.
 * @param until when the consumer counts as dead, unless it stores something before
 */
export async function claimLink(
  db: Catalog,
  uploadId: string,
  claim: string,
  now: number,
  until: number,
): Promise<UploadLinkRow | null> {
  const isFree = or(isNull(uploadLinks.claim), lte(uploadLinks.dueAt, now));
  const [row] = await db
    .update(uploadLinks)
    .set({ claim, dueAt: until })
    .where(and(eq(uploadLinks.uploadId, uploadId), sql`due_at IS NOT NULL`, isFree))
    .returning();
  return row ?? null;
}

/** A consumer and what it reads. */
interface Claimed {
  uploadId: string;
  claim: string;
}

const isHeld = ({ uploadId, claim }: Claimed) =>
  and(eq(uploadLinks.uploadId, uploadId), eq(uploadLinks.claim, claim));

/** `size` and `partCount` as far as they are known; if the size is unknown, what has been stored. */
interface StoredSoFar extends Pick<UploadRow, "size" | "partCount"> {
  bytes: number;
  /** When the consumer counts as dead. */
  until: number;
  /** Nothing has to be read again. */
  isProgress: boolean;
}

/**
 * Records parts that are stored, and keeps the claim.
 * @returns false when another consumer has the link, or the upload has ended: then nothing is recorded
 */
export async function recordLinkParts(
  db: Catalog,
  held: Claimed,
  parts: readonly { partNumber: number; etag: string }[],
  { bytes, until, size, partCount, isProgress }: StoredSoFar,
): Promise<boolean> {
  const { uploadId } = held;
  const holds = sql`
    EXISTS (SELECT 1 FROM upload_links WHERE upload_id = ${uploadId} AND claim = ${held.claim})
    AND EXISTS (SELECT 1 FROM uploads WHERE id = ${uploadId} AND state = 'open')`;
  const [, , kept] = await runBatch(db, [
    db
      .insert(uploadParts)
      .select(
        sql`
          SELECT ${uploadId}, value ->> 'partNumber', value ->> 'etag'
          FROM json_each(${JSON.stringify(parts)})
          WHERE ${holds}`,
      )
      .onConflictDoUpdate({
        target: [uploadParts.uploadId, uploadParts.partNumber],
        set: { etag: sql`excluded.etag` },
      }),
    db
      .update(uploads)
      .set({ size, partCount })
      .where(and(eq(uploads.id, uploadId), holds)),
    db
      .update(uploadLinks)
      .set({ bytes, dueAt: until, ...(isProgress && { failures: 0 }) })
      .where(and(isHeld(held), holds)),
  ]);
  return rowsChanged(kept) > 0;
}

/** Forgets the parts of a file that has to be read from its beginning. */
export async function restartLink(db: Catalog, held: Claimed): Promise<void> {
  const { uploadId, claim } = held;
  const holds = sql`EXISTS (SELECT 1 FROM upload_links WHERE upload_id = ${uploadId} AND claim = ${claim})`;
  await runBatch(db, [
    db.delete(uploadParts).where(and(eq(uploadParts.uploadId, uploadId), holds)),
    db.update(uploadLinks).set({ bytes: 0 }).where(isHeld(held)),
  ]);
}

/** Leaves the rest of a link to the next message. @param dueAt when the cron sends it again if it gets lost */
export async function handOverLink(
  db: Catalog,
  held: Claimed,
  now: number,
  dueAt: number,
): Promise<void> {
  const { uploadId } = held;
  await runBatch(db, [
    db.update(uploadLinks).set({ claim: null, dueAt }).where(isHeld(held)),
    enqueueEvent(db, { kind: "read-link", uploadId }, now),
  ]);
}

/** After an attempt that failed: the cron sends the next message. */
export async function postponeLink(db: Catalog, held: Claimed, dueAt: number): Promise<void> {
  await db
    .update(uploadLinks)
    .set({ claim: null, dueAt, failures: sql`failures + 1` })
    .where(isHeld(held));
}

/** Removes the address of the file of an upload that has ended. @param error why it could not be read */
export async function endLink(
  db: Catalog,
  uploadId: string,
  error: { code: string; detail: string } | null = null,
): Promise<void> {
  await db
    .update(uploadLinks)
    .set({
      ...{ url: "", claim: null, dueAt: null },
      ...(error && { errorCode: error.code, errorDetail: error.detail }),
    })
    .where(eq(uploadLinks.uploadId, uploadId));
}

/** Sends messages for the links with which nothing happens any more. Plan: index `upload_links_due`, at most `limit`. */
export async function resendDueLinks(
  db: Catalog,
  now: number,
  dueAt: number,
  limit: number,
): Promise<void> {
  const rows = await db
    .select({ uploadId: uploadLinks.uploadId })
    .from(uploadLinks)
    .where(lte(uploadLinks.dueAt, now))
    .limit(limit);
  if (rows.length === 0) return;
  const ids = rows.map(({ uploadId }) => uploadId);
  await runBatch(db, [
    // The previous consumer is dead, or it would have stored something.
    db
      .update(uploadLinks)
      .set({ dueAt, claim: null })
      .where(sql`${uploadLinks.uploadId} IN ${idsIn(ids)}`),
    enqueueEvents(
      db,
      ids.map((uploadId) => ({ kind: "read-link", uploadId })),
      now,
    ),
  ]);
}
