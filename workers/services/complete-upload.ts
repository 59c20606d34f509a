import type { UploadCompleted } from "../contract/uploads.ts";
import { type Catalog, catalog } from "../db/client.ts";
import { findUpload, markCompleted, recordedParts, type UploadRow } from "../db/uploads.ts";
import { findVideo, type VideoRow } from "../db/videos.ts";
import { AppError } from "../domain/errors.ts";
import { planSettings, planTask } from "../domain/plan-settings.ts";
import type { Principal } from "../domain/principal.ts";
import { count } from "../count.ts";
import { newContentKey } from "../media/content-key.ts";
import { deleteObject, statObject } from "../media/objects.ts";
import { joinMultipart } from "../media/multipart.ts";
import type { UploadedPart } from "../media/s3.ts";
import { closed, ownUpload, type UploadEnv } from "./uploads.ts";

/**
 * Joins the parts, checks that the stored file matches the upload, and starts the transcode. Repeating it returns the
 * same. Whether the upload is completed, aborted or expired is decided by one conditional change in the catalogue; after
 * a success nothing but its deletion by the creator removes the file. An upload that is past its time, but still open, can
 * be completed. The caller relays the outbox afterwards.
 * @throws AppError upload_closed, part_missing, part_size_mismatch, upload_mismatch, storage_unavailable
 */
export async function completeUpload(
  env: UploadEnv,
  principal: Principal,
  id: string,
): Promise<UploadCompleted> {
  const db = catalog(env);
  const upload = await ownUpload(db, principal, "uploads.complete", id);
  const state = upload.state === "open" ? await joinAndMark(env, db, upload) : upload.state;
  if (state !== "completed") throw closed({ state });
  const video = await videoOf(db, upload);
  return { videoId: upload.videoId, state: video.state };
}

/** @returns the state of the upload afterwards, which another request may have decided */
async function joinAndMark(
  env: UploadEnv,
  db: Catalog,
  upload: UploadRow,
): Promise<UploadRow["state"]> {
  let object: { etag: string };
  try {
    object = await joinParts(env, upload, await recordedParts(db, upload.id));
  } catch (error) {
    // The parts of an upload that has ended meanwhile are gone, here and in the storage.
    const state = (await findUpload(db, upload.id))?.state ?? "open";
    if (state === "open") throw error;
    return state;
  }
  const plan = planTask(planSettings(env), false);
  const contentKey = await newContentKey(env);
  const state = await markCompleted(db, upload, object, plan, contentKey, Date.now());
  // It ended between the two: the file that was just joined belongs to nobody.
  if (state === "completed") count("uploads", { event: "completed" });
  else await deleteObject(env, upload.key);
  return state;
}

async function joinParts(
  env: UploadEnv,
  upload: UploadRow,
  parts: UploadedPart[],
): Promise<{ etag: string }> {
  const recorded = new Set(parts.map((part) => part.partNumber));
  const missing = Array.from({ length: upload.partCount }, (_, index) => index + 1).filter(
    (n) => !recorded.has(n),
  );
  if (missing.length > 0) {
    const some = missing.slice(0, 10).join(", ");
    throw new AppError(
      "part_missing",
      `${missing.length} of ${upload.partCount} parts are missing: ${some}${missing.length > 10 ? ", …" : ""}.`,
    );
  }
  const joined = await joinMultipart(env, upload.key, upload.multipartId, parts);
  if (joined.outcome === "invalid-part") {
    throw new AppError(
      "part_missing",
      "The storage does not have the recorded parts. Upload them again.",
    );
  }
  if (joined.outcome === "invalid-size") throw wrongSize();

  const object = await statObject(env, upload.key);
  // `gone` is a success if the object exists: an earlier `complete` reached the storage, but was not recorded. Nobody
  // else can have created it: only we know the key, and part URLs are valid for the multipart upload only.
  if (object === null) throw joined.outcome === "gone" ? wrongSize() : mismatch(upload, null);
  if (object.size !== upload.size) throw mismatch(upload, object.size);
  if (joined.outcome === "completed" && joined.etag !== object.etag)
    throw mismatch(upload, object.size);
  return object;
}

function wrongSize(): AppError {
  return new AppError(
    "part_size_mismatch",
    "The storage could not join the parts: all but the last must have exactly the part size. Start the upload again.",
  );
}

function mismatch(upload: UploadRow, size: number | null): AppError {
  return new AppError(
    "upload_mismatch",
    `${upload.filename} should have ${upload.size} bytes, but ${size ?? "none"} arrived. Start the upload again.`,
  );
}

async function videoOf(db: Catalog, upload: UploadRow): Promise<VideoRow> {
  const video = await findVideo(db, upload.videoId);
  if (video === null || video.deletedAt !== null)
    throw new AppError("not_found", "The video of this upload has been deleted.");
  return video;
}
