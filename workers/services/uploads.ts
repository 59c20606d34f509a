import type {
  PartUrls,
  Upload,
  UploadCompleted,
  UploadCreate,
  UploadCreated,
} from "../contract/uploads.ts";
import { type Catalog, catalog, runBatch } from "../db/client.ts";
import {
  closeUploads,
  findUpload,
  forgetUpload,
  insertUpload,
  markCompleted,
  recordedParts,
  recordPart,
  type UploadRow,
} from "../db/uploads.ts";
import { deletionStatements, findVideo, type VideoRow } from "../db/videos.ts";
import { newContentKey } from "../media/content-key.ts";
import { sourceKey } from "../media/storage-keys.ts";
import { statObject } from "../media/objects.ts";
import {
  abortMultipart,
  completeMultipart,
  createMultipart,
  presignPart,
  type S3Env,
  type UploadedPart,
} from "../media/s3.ts";
import { authorizeResource, type Operation } from "../domain/access.ts";
import { AppError } from "../domain/errors.ts";
import { newId } from "../domain/id.ts";
import { type PlanEnv, planSettings, planTask } from "../domain/plan-settings.ts";
import type { Principal } from "../domain/principal.ts";
import { titleFromFilename } from "../domain/titles.ts";
import { checkFile, partLength, planParts } from "../domain/uploads.ts";

export type UploadEnv = S3Env &
  Pick<Env, "CATALOG" | "CONTENT_KEY_SECRETS" | "MEDIA" | "MAX_UPLOAD_BYTES" | "QUOTA_BYTES"> &
  PlanEnv;

/** One day shorter than R2 keeps unfinished multipart uploads, so that they expire here first. */
const UPLOAD_LIFETIME_MS = 6 * 86_400_000;
/** Long enough for one part on a slow connection; the client requests new URLs for parts that it could not send. */
const PART_URL_LIFETIME_SECONDS = 3600;

/**
 * Creates an upload and its video, and opens the multipart upload in storage.
 * @throws AppError not_a_video_type, empty_file, file_too_large, quota_exceeded, storage_unavailable
 */
export async function createUpload(
  env: UploadEnv,
  ownerId: string,
  input: UploadCreate,
): Promise<UploadCreated> {
  checkFile(input, Number(env.MAX_UPLOAD_BYTES));
  const { filename, size, contentType, title = titleFromFilename(filename), ...details } = input;
  const now = Date.now();
  const id = newId();
  const videoId = newId();
  const key = sourceKey(videoId, id);
  const upload: UploadRow = {
    id,
    videoId,
    ownerId,
    filename,
    size,
    contentType,
    key,
    ...planParts(size),
    multipartId: await createMultipart(env, key),
    state: "open",
    etag: null,
    createdAt: now,
    expiresAt: now + UPLOAD_LIFETIME_MS,
  };
  const video = { id: videoId, ownerId, title, ...details, createdAt: now, updatedAt: now };
  const db = catalog(env);
  const quota = Number(env.QUOTA_BYTES);
  if ((await insertUpload(db, video, upload)) > quota) {
    await forgetUpload(db, upload);
    await abortMultipart(env, key, upload.multipartId);
    throw new AppError(
      "quota_exceeded",
      `This file of ${size} bytes would exceed your storage quota of ${quota} bytes. Delete videos you no longer need.`,
    );
  }
  return {
    id,
    videoId,
    partSize: upload.partSize,
    partCount: upload.partCount,
    expiresAt: iso(upload.expiresAt),
  };
}

/** Presigned URLs for the PUT requests of parts of an open upload. */
export async function signParts(
  env: UploadEnv,
  principal: Principal,
  id: string,
  partNumbers: number[],
): Promise<PartUrls> {
  const upload = await openUpload(catalog(env), principal, "uploads.parts", id);
  const lifetimeSeconds = Math.min(
    PART_URL_LIFETIME_SECONDS,
    Math.floor((upload.expiresAt - Date.now()) / 1000),
  );
  const parts = await Promise.all(
    partNumbers.map(async (partNumber) => {
      const { key, multipartId } = upload;
      const length = partLength(upload, partNumber);
      const { url, expiresAt } = await presignPart(
        env,
        { key, multipartId, partNumber, length },
        lifetimeSeconds,
      );
      return {
        partNumber,
        url,
        method: "PUT" as const,
        headers: {},
        expiresAt: expiresAt.toISOString(),
      };
    }),
  );
  return { parts };
}

/** Records the ETag that the storage returned for a part. */
export async function recordUploadedPart(
  env: UploadEnv,
  principal: Principal,
  id: string,
  part: UploadedPart,
): Promise<void> {
  const db = catalog(env);
  const upload = await openUpload(db, principal, "uploads.record-part", id);
  partLength(upload, part.partNumber);
  await recordPart(db, id, part.partNumber, part.etag);
}

/** The state and recorded parts of an upload, to resume it. */
export async function getUpload(env: UploadEnv, principal: Principal, id: string): Promise<Upload> {
  const db = catalog(env);
  const upload = await ownUpload(db, principal, "uploads.get", id);
  const { videoId, filename, size, contentType, partSize, partCount, state } = upload;
  const parts = await recordedParts(db, id);
  return {
    id,
    videoId,
    filename,
    size,
    contentType,
    partSize,
    partCount,
    state,
    parts,
    expiresAt: iso(upload.expiresAt),
  };
}

/**
 * Joins the parts, checks that the stored file matches the upload, and starts the transcode. Repeating it returns the
 * same. The caller relays the outbox afterwards.
 * @throws AppError upload_closed, part_missing, part_size_mismatch, upload_mismatch, storage_unavailable
 */
export async function completeUpload(
  env: UploadEnv,
  principal: Principal,
  id: string,
): Promise<UploadCompleted> {
  const db = catalog(env);
  const upload = await ownUpload(db, principal, "uploads.complete", id);
  if (upload.state === "open") {
    const object = await joinParts(env, upload, await recordedParts(db, id));
    const plan = planTask(planSettings(env), false);
    await markCompleted(db, upload, object, plan, await newContentKey(env), Date.now());
  } else if (upload.state !== "completed") {
    throw closed(upload);
  }
  const { state } = await videoOf(db, upload);
  return { videoId: upload.videoId, state };
}

/** Deletes the uploaded parts and the unfinished video. Repeating it is harmless. */
export async function abortUpload(env: UploadEnv, principal: Principal, id: string): Promise<void> {
  const db = catalog(env);
  const upload = await ownUpload(db, principal, "uploads.abort", id);
  if (upload.state === "completed") throw closed(upload);
  if (upload.state === "open") await endUpload(env, db, upload, "aborted");
}

/** Closes an open upload that was aborted or has expired, and deletes its video. */
export async function endUpload(
  env: UploadEnv,
  db: Catalog,
  upload: UploadRow,
  state: "aborted" | "expired",
): Promise<void> {
  await abortMultipart(env, upload.key, upload.multipartId);
  await runBatch(db, [
    closeUploads(db, upload.videoId, state),
    ...deletionStatements(db, upload.videoId),
  ]);
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
  const joined = await completeMultipart(env, upload.key, upload.multipartId, parts);
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

function closed(upload: UploadRow): AppError {
  return new AppError("upload_closed", `This upload is ${upload.state}.`);
}

async function videoOf(db: Catalog, upload: UploadRow): Promise<VideoRow> {
  const video = await findVideo(db, upload.videoId);
  if (video === null || video.deletedAt !== null)
    throw new AppError("not_found", "The video of this upload has been deleted.");
  return video;
}

async function ownUpload(
  db: Catalog,
  principal: Principal,
  operation: Operation,
  id: string,
): Promise<UploadRow> {
  const row = await findUpload(db, id);
  const upload = row && { ...row, visible: false };
  authorizeResource(principal, operation, upload, "upload");
  return upload;
}

async function openUpload(
  db: Catalog,
  principal: Principal,
  operation: Operation,
  id: string,
): Promise<UploadRow> {
  const upload = await ownUpload(db, principal, operation, id);
  if (upload.state !== "open" || upload.expiresAt <= Date.now()) throw closed(upload);
  return upload;
}

const iso = (time: number): string => new Date(time).toISOString();
