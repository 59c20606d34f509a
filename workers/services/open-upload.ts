import type { UploadCreated } from "../contract/uploads.ts";
import { bytesInBin } from "../db/bin.ts";
import { type Catalog, catalog, isOfDeletedAccount } from "../db/client.ts";
import { forgetUpload, type insertSourceUpload, type UploadRow } from "../db/uploads.ts";
import { byteSize } from "../domain/byte-size.ts";
import { AppError } from "../domain/errors.ts";
import { newId } from "../domain/id.ts";
import { LIMITS } from "../domain/limits.ts";
import { planParts } from "../domain/uploads.ts";
import { count } from "../count.ts";
import { dropMultipart, type MultipartEnv, openMultipart } from "../media/multipart.ts";
import { sourceKey } from "../media/storage-keys.ts";

/** One day shorter than R2 keeps unfinished multipart uploads, so that they expire here first. */
const UPLOAD_LIFETIME_MS = 6 * 86_400_000;

/**
 * Opens the multipart upload of a file, unless its creator has used up the room.
 * @param insert its row
 * @param keyOf where the file will be
 * @throws AppError quota_exceeded, limit_reached, storage_unavailable
 */
export async function openUploadOf(
  env: MultipartEnv & Pick<Env, "CATALOG" | "QUOTA_BYTES">,
  { videoId, ownerId }: Pick<UploadRow, "videoId" | "ownerId">,
  file: Pick<UploadRow, "filename" | "size" | "contentType" | "fingerprint">,
  now: number,
  insert: typeof insertSourceUpload,
  keyOf = sourceKey,
): Promise<UploadCreated> {
  const id = newId();
  const { size } = file;
  const key = keyOf(videoId, id);
  const upload: UploadRow = {
    id,
    videoId,
    ownerId,
    ...file,
    key,
    ...planParts(size),
    multipartId: await openMultipart(env, key),
    state: "open",
    etag: null,
    createdAt: now,
    expiresAt: now + UPLOAD_LIFETIME_MS,
  };
  const db = catalog(env);
  const quota = Number(env.QUOTA_BYTES);
  const used = await insert(db, upload).catch(async (error: unknown) => {
    if (isOfDeletedAccount(error)) await dropMultipart(env, key, upload.multipartId);
    throw error;
  });
  const refusal =
    used.bytes > quota ? await quotaExceeded(db, ownerId, size, quota) : limitReached(used);
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

async function quotaExceeded(
  db: Catalog,
  ownerId: string,
  size: number,
  quota: number,
): Promise<AppError> {
  const binned = await bytesInBin(db, ownerId);
  const advice =
    binned > 0
      ? `Your bin holds ${byteSize(binned)}: empty it, or delete videos you no longer need.`
      : "Delete videos you no longer need, then empty your bin.";
  return new AppError(
    "quota_exceeded",
    `This file of ${byteSize(size)} would exceed your storage quota of ${byteSize(quota)}. ${advice}`,
  );
}

/** The reason why an upload is one too many; null if it is not. */
function limitReached(used: { videos: number; openUploads: number }): AppError | null {
  if (used.openUploads > LIMITS.openUploadsPerAccount)
    return new AppError(
      "limit_reached",
      `An account can have ${LIMITS.openUploadsPerAccount} unfinished uploads. Complete or discard one first.`,
    );
  if (used.videos > LIMITS.videosPerAccount)
    return new AppError(
      "limit_reached",
      `An account can have ${LIMITS.videosPerAccount} videos. Delete videos you no longer need, and empty your bin.`,
    );
  return null;
}
