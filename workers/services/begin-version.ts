import type { EditRecipe } from "../contract/versions.ts";
import { type Catalog, runBatch } from "../db/client.ts";
import { nextVersion, startVersion, type VersionRow } from "../db/transcoding/versions.ts";
import type { VideoRow } from "../db/videos.ts";
import { AppError } from "../domain/errors.ts";
import { LIMITS } from "../domain/limits.ts";
import { newContentKey } from "../media/content-key.ts";
import { statObject } from "../media/objects.ts";
import { addedAudioKey, uploadedPosterKey } from "../media/storage-keys.ts";
import type { UploadEnv } from "./uploads.ts";
import { assertWatermark } from "./watermarks.ts";
import { findWholeSource, orBusy, tasksOfRecipe, type WholeSource } from "./whole-source.ts";

/** The number of the next version. @throws AppError limit_reached */
export async function numberedVersion(db: Catalog, id: string): Promise<number> {
  const version = await nextVersion(db, id);
  if (version <= LIMITS.versionsPerVideo) return version;
  throw new AppError(
    "limit_reached",
    `A video can have ${LIMITS.versionsPerVideo} versions in all. Upload the file as a new video.`,
  );
}

/** @throws AppError invalid_request if there is no such file */
async function assertAudio(env: UploadEnv, id: string, upload: string): Promise<void> {
  if ((await statObject(env, addedAudioKey(id, upload))) !== null) return;
  throw new AppError("invalid_request", "Upload the audio file first.", {
    fields: [{ path: "body.audio.upload", message: "is not an uploaded audio file" }],
  });
}

interface Edited extends Pick<VersionRow, "facts"> {
  recipe: EditRecipe;
  tracks?: VersionRow["tracks"];
}

/**
 * Begins a version of a file beside the one that plays.
 * @throws AppError invalid_request for a missing image or audio file; conflict; limit_reached
 */
export async function beginEdit(
  env: UploadEnv,
  db: Catalog,
  video: VideoRow,
  whole: WholeSource,
  edited: Edited,
): Promise<void> {
  const { watermark, audio } = edited.recipe;
  if (watermark) await assertWatermark(env, video.id, watermark.picture);
  if (audio) await assertAudio(env, video.id, audio.upload);
  const tasks = tasksOfRecipe(env, whole, edited.recipe);
  const version = await numberedVersion(db, video.id);
  const contentKey = await newContentKey(env);
  const next = { ...edited, version, sourceKey: whole.sourceKey, contentKey };
  await orBusy(runBatch(db, startVersion(db, video, next, tasks, Date.now())));
}

/**
 * Encodes an archived version again from its recipe, with its captions, chapters and poster. The new version replaces the
 * archived one when it is ready.
 * @param rows all versions of the video
 * @throws AppError as `beginEdit`
 */
export async function restoreVersion(
  env: UploadEnv,
  db: Catalog,
  video: VideoRow,
  rows: readonly VersionRow[],
  { version, recipe, facts, tracks }: VersionRow,
): Promise<void> {
  const whole = await findWholeSource(db, video, rows, facts.sourceKey ?? null);
  if (!recipe || !whole)
    throw new AppError("conflict", "The file that this version was made from is not available.");
  const { sourceKey, sourceBytes, contentType, fingerprint, chapters, ownChapters } = facts;
  const { posterAt, uploadedPoster } = facts;
  // Another image may have replaced it.
  const isThere =
    uploadedPoster && (await statObject(env, uploadedPosterKey(video.id, uploadedPoster)));
  await beginEdit(env, db, video, whole, {
    recipe,
    tracks,
    facts: {
      ...{ sourceKey, sourceBytes, contentType, fingerprint, chapters, ownChapters, posterAt },
      uploadedPoster: isThere ? uploadedPoster : null,
      restores: version,
    },
  });
}
