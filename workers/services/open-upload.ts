import type { UploadCreated } from "../contract/uploads.ts";
import { type Catalog, catalog, isOfDeletedAccount, isOfSuspendedAccount } from "../db/client.ts";
import type { UploadUsage } from "../db/upload-usage.ts";
import { forgetUpload, type UploadRow } from "../db/uploads.ts";
import { newId } from "../domain/id.ts";
import { planParts } from "../domain/uploads.ts";
import { count } from "../count.ts";
import { dropMultipart, type MultipartEnv, openMultipart } from "../media/multipart.ts";
import { sourceKey } from "../media/storage-keys.ts";
import { uploadRefusal } from "./upload-limits.ts";

/** One day shorter than R2 keeps unfinished multipart uploads, so that they expire here first. */
const UPLOAD_LIFETIME_MS = 6 * 86_400_000;

/**
 * Opens the multipart upload of a file, unless its creator has used up the room.
 * @param insert its row
 * @param keyOf where the file will be
 * @throws AppError quota_exceeded, limit_reached, storage_unavailable
 */
export async function openUploadOf(
  env: MultipartEnv & Pick<Env, "CATALOG" | "QUOTA_BYTES" | "UPLOADS_PER_DAY">,
  { videoId, ownerId }: Pick<UploadRow, "videoId" | "ownerId">,
  file: Pick<UploadRow, "filename" | "size" | "contentType" | "fingerprint">,
  now: number,
  insert: (db: Catalog, upload: UploadRow, uploadsPerDay: number) => Promise<UploadUsage>,
  keyOf = sourceKey,
): Promise<UploadCreated> {
  const id = newId();
  const key = keyOf(videoId, id);
  const upload: UploadRow = {
    id,
    videoId,
    ownerId,
    ...file,
    key,
    ...planParts(file.size),
    multipartId: await openMultipart(env, key),
    state: "open",
    etag: null,
    createdAt: now,
    expiresAt: now + UPLOAD_LIFETIME_MS,
  };
  const db = catalog(env);
  const uploadsPerDay = Number(env.UPLOADS_PER_DAY);
  const used = await insert(db, upload, uploadsPerDay).catch(async (error: unknown) => {
    if (isOfDeletedAccount(error) || isOfSuspendedAccount(error))
      await dropMultipart(env, key, upload.multipartId);
    throw error;
  });
  const refusal = await uploadRefusal(db, upload, used, {
    quotaBytes: used.quota.bytes ?? Number(env.QUOTA_BYTES),
    uploadsPerDay: used.quota.uploadsPerDay ?? uploadsPerDay,
  });
  if (refusal) {
    await forgetUpload(db, upload);
    await dropMultipart(env, key, upload.multipartId);
    throw refusal;
  }
  count("uploads", { event: "started" });
  return {
    id,
    videoId,
    partSize: upload.partSize,
    partCount: upload.partCount,
    expiresAt: new Date(upload.expiresAt).toISOString(),
  };
}
