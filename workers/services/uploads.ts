import { noteOwner } from "../audit-note.ts";
import type {
  OpenUploads,
  PartUrls,
  Upload,
  UploadCreate,
  UploadCreated,
  UploadLink,
} from "../contract/uploads.ts";
import type { SourceUpload } from "../contract/versions.ts";
import { type Catalog, catalog, runBatch } from "../db/client.ts";
import { findLink, linksOf, type UploadLinkRow } from "../db/upload-links.ts";
import { askReview } from "../db/reviews.ts";
import {
  closeUpload,
  findUpload,
  insertSourceUpload,
  insertUpload,
  openUploadsOf,
  recordedParts,
  recordPart,
  type UploadRow,
} from "../db/uploads.ts";
import { addedAudioKey, sourceKey } from "../media/storage-keys.ts";
import { dropMultipart, type MultipartEnv, partUrl } from "../media/multipart.ts";
import type { UploadedPart } from "../media/s3.ts";
import type { Operation } from "../domain/access-rules.ts";
import { authorizeResource } from "../domain/access.ts";
import { AppError } from "../domain/errors.ts";
import { newId } from "../domain/id.ts";
import { LIMITS } from "../domain/limits.ts";
import { type PlanEnv, planSettings } from "../domain/tasks/plan-settings.ts";
import type { Principal } from "../domain/principal.ts";
import { titleFromFilename } from "../domain/titles.ts";
import { count } from "../count.ts";
import { checkFile, partLength } from "../domain/uploads.ts";
import { assertAllowedWords } from "./allowed-changes.ts";
import { heldAtUpload } from "./held-changes.ts";
import { openUploadOf } from "./open-upload.ts";
import { assertOffered } from "./site-settings.ts";

export type UploadEnv = MultipartEnv &
  Pick<
    Env,
    | "BLOCKED_SEARCH_WORDS"
    | "CATALOG"
    | "CONTENT_KEY_SECRETS"
    | "MAX_UPLOAD_BYTES"
    | "MEDIA"
    | "QUOTA_BYTES"
    | "REVIEW_NEW_CREATORS"
    | "UPLOADS_PER_DAY"
  > &
  PlanEnv;

/** Long enough for one part on a slow connection; the client requests new URLs for parts that it could not send. */
const PART_URL_LIFETIME_SECONDS = 3600;

/**
 * Creates an upload and its video, and opens the multipart upload in storage.
 * @throws AppError not_a_video_type, empty_file, file_too_large, quota_exceeded, limit_reached, storage_unavailable,
 *   blocked_words
 */
export async function createUpload(
  env: UploadEnv,
  ownerId: string,
  input: UploadCreate,
): Promise<UploadCreated> {
  checkFile(input, Number(env.MAX_UPLOAD_BYTES), planSettings(env).audioUploads);
  return createVideoUpload(env, ownerId, input, insertUpload);
}

/** Like `createUpload`, for a checked file. @param insert the rows of its video and its upload */
export async function createVideoUpload(
  env: UploadEnv,
  ownerId: string,
  input: UploadCreate,
  insert: typeof insertUpload,
): Promise<UploadCreated> {
  const {
    filename,
    size,
    contentType,
    fingerprint = null,
    title = titleFromFilename(filename),
    ...details
  } = input;
  const now = Date.now();
  const videoId = newId();
  const times = { createdAt: now, updatedAt: now };
  const db = catalog(env);
  assertAllowedWords(env, { title, ...details });
  await assertOffered(env, details);
  const wanted = await heldAtUpload(env, db, ownerId, details);
  const shown = wanted && { visibility: "private" as const };
  const video = { id: videoId, ownerId, title, fingerprint, ...details, ...shown, ...times };
  const file = { filename, size, contentType, fingerprint };
  const created = await openUploadOf(
    env,
    { videoId, ownerId },
    file,
    now,
    (database, upload, uploadsPerDay) => insert(database, video, upload, uploadsPerDay),
  );
  if (wanted) await runBatch(db, [askReview(db, { videoId, ownerId, wanted, askedAt: now })]);
  return created;
}

/**
 * Creates the upload of a replacement file for an existing video. When it is complete, a version is made from it.
 * @throws AppError as `createUpload`
 */
export async function createSourceUpload(
  env: UploadEnv,
  video: { id: string; ownerId: string },
  input: SourceUpload,
): Promise<UploadCreated> {
  const { purpose, fingerprint = null, ...rest } = input;
  const acceptsAudio = purpose === "audio" || planSettings(env).audioUploads;
  checkFile(input, Number(env.MAX_UPLOAD_BYTES), acceptsAudio);
  const of = { videoId: video.id, ownerId: video.ownerId };
  const keyOf = purpose === "audio" ? addedAudioKey : sourceKey;
  return openUploadOf(env, of, { ...rest, fingerprint }, Date.now(), insertSourceUpload, keyOf);
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
      const { url, expiresAt } = await partUrl(
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
  // One that went through this Worker was counted there.
  if (env.UPLOAD_PARTS !== "worker") count("storage.operations", { operation: "uploadPart" });
}

/** The account's unfinished uploads, and what else it may upload. */
export async function listOpenUploads(env: UploadEnv, ownerId: string): Promise<OpenUploads> {
  const limit = LIMITS.openUploadsPerAccount;
  const { rows, bytes, quota } = await openUploadsOf(catalog(env), ownerId, Date.now(), limit);
  const links =
    rows.length > 0
      ? await linksOf(
          catalog(env),
          rows.map(({ id }) => id),
        )
      : new Map<string, UploadLinkRow>();
  return {
    items: rows.map(({ id, videoId, filename, size, fingerprint, createdAt, expiresAt }) => ({
      ...{ id, videoId, filename, size, fingerprint, link: shownLink(links.get(id)) },
      createdAt: iso(createdAt),
      expiresAt: iso(expiresAt),
    })),
    room: {
      maxFileBytes: Number(env.MAX_UPLOAD_BYTES),
      quotaBytes: quota.bytes ?? Number(env.QUOTA_BYTES),
      usedBytes: bytes,
      audio: planSettings(env).audioUploads ?? false,
    },
  };
}

/** The state and recorded parts of an upload, to resume it. */
export async function getUpload(env: UploadEnv, principal: Principal, id: string): Promise<Upload> {
  const db = catalog(env);
  const upload = await ownUpload(db, principal, "uploads.get", id);
  const { videoId, filename, size, contentType, partSize, partCount, state } = upload;
  const link = await findLink(db, id);
  const parts = link ? [] : await recordedParts(db, id);
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
    link: shownLink(link),
  };
}

/** The public data of a link: it does not contain the address. */
function shownLink(link: UploadLinkRow): UploadLink;
function shownLink(link: UploadLinkRow | null | undefined): UploadLink | null;
function shownLink(link: UploadLinkRow | null | undefined): UploadLink | null {
  if (!link) return null;
  const { bytes, size, validator, errorCode: code, errorDetail: detail } = link;
  const error = code === null || detail === null ? null : { code, detail };
  return { bytes, size, resumable: validator !== null, error };
}

/**
 * Deletes the uploaded parts and the unfinished video. Repeating it is harmless.
 * @throws AppError upload_closed when the upload has been completed, storage_unavailable
 */
export async function abortUpload(env: UploadEnv, principal: Principal, id: string): Promise<void> {
  const upload = await ownUpload(catalog(env), principal, "uploads.abort", id);
  if ((await endUpload(env, upload, "aborted")) === "completed")
    throw closed({ state: "completed" });
}

/**
 * Ends an upload that was aborted or has expired, and deletes its video, unless it was completed: then nothing happens.
 * The storage is only touched once the catalogue says that the upload has ended, so no `complete` can count any more. If
 * the parts cannot be freed now, the purge of the video does it.
 * @returns the state of the upload
 */
export async function endUpload(
  env: UploadEnv,
  upload: UploadRow,
  state: "aborted" | "expired",
): Promise<UploadRow["state"]> {
  const ended = await closeUpload(catalog(env), upload, state, Date.now());
  if (ended === state) count("uploads", { event: state });
  if (ended === state) await dropMultipart(env, upload.key, upload.multipartId);
  return ended;
}

/** The caller's own upload, in any state. @throws AppError not_found, insufficient_scope */
export async function ownUpload(
  db: Catalog,
  principal: Principal,
  operation: Operation,
  id: string,
): Promise<UploadRow> {
  const row = await findUpload(db, id);
  const upload = row && { ...row, visible: false };
  authorizeResource(principal, operation, upload, "upload");
  noteOwner(upload.ownerId);
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

const ENDINGS = {
  open: "is past its time",
  completed: "is complete",
  aborted: "was aborted",
  expired: "has expired",
} as const;

/** The error for an upload that is no longer open. */
export function closed({ state }: Pick<UploadRow, "state">): AppError {
  const advice = state === "completed" ? "" : " Start it again.";
  return new AppError("upload_closed", `This upload ${ENDINGS[state]}.${advice}`);
}

const iso = (time: number): string => new Date(time).toISOString();
