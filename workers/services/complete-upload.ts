import type { UploadCompleted } from "../contract/uploads.ts";
import { isBannedObject } from "../db/banned-sources.ts";
import { type Catalog, catalog, runBatch } from "../db/client.ts";
import {
  completeAudio,
  completeSource,
  findUpload,
  markCompleted,
  recordedParts,
  type UploadRow,
} from "../db/uploads.ts";
import { listVersions, nextVersion } from "../db/transcoding/versions.ts";
import { findVideo, type VideoRow } from "../db/videos.ts";
import { AppError } from "../domain/errors.ts";
import { BANNED_SOURCE } from "../domain/moderation.ts";
import { planSettings, planTask } from "../domain/tasks/plan-settings.ts";
import { partLength } from "../domain/uploads.ts";
import type { Principal } from "../domain/principal.ts";
import { count } from "../count.ts";
import { newContentKey } from "../media/content-key.ts";
import { deleteObject, statObject } from "../media/objects.ts";
import { addedAudioKey } from "../media/storage-keys.ts";
import { joinMultipart } from "../media/multipart.ts";
import type { UploadedPart } from "../media/s3.ts";
import { closed, endUpload, ownUpload, type UploadEnv } from "./uploads.ts";
import { assertIdle, orBusy } from "./whole-source.ts";

/**
 * Joins the parts, checks that the stored file matches the upload, and starts the transcode. Repeating it returns the
 * same. Whether the upload is completed, aborted or expired is decided by one conditional change in the catalogue; after
 * a success nothing but its deletion by the creator removes the file. An upload that is past its time, but still open, can
 * be completed. The caller relays the outbox afterwards.
 * @param given parts that were not recorded, or not yet
 * @throws AppError upload_closed, conflict where the file replaces another one and no version can begin now, part_missing,
 *   part_out_of_range, part_size_mismatch, upload_mismatch, storage_unavailable, banned_source
 */
export async function completeUpload(
  env: UploadEnv,
  principal: Principal,
  id: string,
  given: readonly UploadedPart[] = [],
): Promise<UploadCompleted> {
  const db = catalog(env);
  const upload = await ownUpload(db, principal, "uploads.complete", id);
  const state = upload.state === "open" ? await joinUpload(env, db, upload, given) : upload.state;
  if (state !== "completed") throw closed({ state });
  const video = await videoOf(db, upload);
  return { videoId: upload.videoId, state: video.state };
}

/**
 * @returns the state of the upload afterwards, which another request may have decided
 * @throws AppError as `completeUpload`
 */
export async function joinUpload(
  env: UploadEnv,
  db: Catalog,
  upload: UploadRow,
  given: readonly UploadedPart[] = [],
): Promise<UploadRow["state"]> {
  for (const { partNumber } of given) partLength(upload, partNumber);
  const isAudio = upload.key === addedAudioKey(upload.videoId, upload.id);
  const [video, recorded] = await Promise.all([
    isAudio ? null : findVideo(db, upload.videoId),
    recordedParts(db, upload.id),
  ]);
  const replaced = replacedBy(upload, video);
  if (replaced) {
    const rows = await listVersions(db, replaced.id);
    // Another request was faster.
    if (rows.some(({ facts }) => facts.sourceKey === upload.key)) return "completed";
    assertIdle(replaced, rows);
  }
  let object: { etag: string };
  try {
    object = await joinParts(env, upload, recorded, given);
  } catch (error) {
    // The parts of an upload that has ended in the meantime are deleted, here and in the storage.
    const state = (await findUpload(db, upload.id))?.state ?? "open";
    if (state === "open") throw error;
    return state;
  }
  if (await isBannedObject(db, object.etag, upload.size)) {
    await endUpload(env, upload, "aborted");
    await deleteObject(env, upload.key);
    throw new AppError("banned_source", BANNED_SOURCE);
  }
  const contentKey = await newContentKey(env);
  const plan = planTask(planSettings(env), false);
  const mark = () =>
    isAudio
      ? completeAudio(db, upload, object)
      : markCompleted(db, upload, object, plan, contentKey, Date.now());
  const state = replaced
    ? await beginVersion(env, db, upload, object, replaced, contentKey)
    : await mark();
  // The upload ended between the two: the file that was just joined has no owner.
  if (state === "completed") count("uploads", { event: "completed" });
  else await deleteObject(env, upload.key);
  return state;
}

/** The video whose file an upload replaces; null for the upload that has made its video. */
function replacedBy(upload: UploadRow, video: VideoRow | null): VideoRow | null {
  if (video === null || video.deletedAt !== null || video.state === "uploading") return null;
  return video.sourceKey === upload.key ? null : video;
}

/** Starts a version of a video from another file. The current version is played until the new one is ready. */
async function beginVersion(
  env: UploadEnv,
  db: Catalog,
  upload: UploadRow,
  object: { etag: string },
  video: VideoRow,
  contentKey: string,
): Promise<UploadRow["state"]> {
  const { key: sourceKey, size: sourceBytes, contentType, fingerprint } = upload;
  const next = {
    version: await nextVersion(db, video.id),
    recipe: null,
    facts: { sourceKey, sourceBytes, contentType, fingerprint },
    sourceKey,
    contentKey,
  };
  const settings = { ...planSettings(env), alwaysEncode: video.alwaysEncode };
  const plan = planTask(settings, false);
  const now = Date.now();
  // If it cannot begin now, the stored file waits for the next request.
  await orBusy(runBatch(db, completeSource(db, upload, object, video, next, plan, now)));
  return "completed";
}

async function joinParts(
  env: UploadEnv,
  upload: UploadRow,
  recorded: readonly UploadedPart[],
  given: readonly UploadedPart[],
): Promise<{ etag: string }> {
  if (upload.partCount === 0)
    throw new AppError("part_missing", "The file behind the link has not been read yet.");
  const etags = new Map([...recorded, ...given].map(({ partNumber, etag }) => [partNumber, etag]));
  const missing = Array.from({ length: upload.partCount }, (_, index) => index + 1).filter(
    (partNumber) => !etags.has(partNumber),
  );
  if (missing.length > 0) {
    // An earlier `complete` may have joined parts that it was given, and was not recorded.
    const object = await statObject(env, upload.key);
    if (object?.size === upload.size) return object;
    throw new AppError(
      "part_missing",
      `${missing.length} of ${upload.partCount} parts are missing: ${listOf(missing)}.`,
    );
  }
  const parts = [...etags]
    .map(([partNumber, etag]) => ({ partNumber, etag }))
    .toSorted((left, right) => left.partNumber - right.partNumber);
  const joined = await joinMultipart(env, upload.key, upload.multipartId, parts);
  if (joined.outcome === "invalid-part") throw invalidParts(recorded, given);
  if (joined.outcome === "invalid-size") throw wrongSize();
  // Recorded parts were counted then, and the ones that went through this Worker there.
  const sent = unrecorded(recorded, given).length;
  if (sent > 0 && joined.outcome === "completed" && env.UPLOAD_PARTS !== "worker")
    count("storage.operations", { operation: "uploadPart" }, sent);

  const object = await statObject(env, upload.key);
  // `gone` is a success if the object exists: an earlier `complete` reached the storage, but was not recorded. Nothing
  // else can have created it: only the Worker knows the key, and part URLs are valid only for the multipart upload.
  if (object === null) throw joined.outcome === "gone" ? wrongSize() : mismatch(upload, null);
  if (object.size !== upload.size) throw mismatch(upload, object.size);
  if (joined.outcome === "completed" && joined.etag !== object.etag)
    throw mismatch(upload, object.size);
  return object;
}

/** At most ten part numbers, for an error. */
const listOf = (numbers: readonly number[]): string =>
  numbers.slice(0, 10).join(", ") + (numbers.length > 10 ? ", …" : "");

/** Those of the given parts that were not recorded with the same ETag. */
function unrecorded(
  recorded: readonly UploadedPart[],
  given: readonly UploadedPart[],
): UploadedPart[] {
  const bare = (etag: string | undefined): string | undefined => etag?.replaceAll('"', "");
  const known = new Map(recorded.map(({ partNumber, etag }) => [partNumber, bare(etag)]));
  return given.filter(({ partNumber, etag }) => known.get(partNumber) !== bare(etag));
}

/**
 * The storage does not say which part it lacks: a given ETag that contradicts the recorded one is the suspect, then any
 * that was not recorded. The recorded ETags are not tried instead: a client may compute its own to detect a damaged part.
 */
function invalidParts(recorded: readonly UploadedPart[], given: readonly UploadedPart[]): AppError {
  const numbers = new Set(recorded.map(({ partNumber }) => partNumber));
  const others = unrecorded(recorded, given);
  const different = others.filter(({ partNumber }) => numbers.has(partNumber));
  const suspects = (different.length > 0 ? different : others).map(({ partNumber }) => partNumber);
  if (suspects.length === 0)
    return new AppError(
      "part_missing",
      "The storage does not have the recorded parts. Upload them again.",
    );
  const which = suspects.length === 1 ? `part ${suspects[0]}` : `all of parts ${listOf(suspects)}`;
  return new AppError(
    "part_missing",
    `The storage does not have ${which} with the given ETags. Upload again what is wrong, and send its new ETag.`,
  );
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
