import { MAX_ADDED_AUDIO, MIN_EDITED_SECONDS } from "../contract/edit-limits.ts";
import type { Playback } from "../contract/playback.ts";
import type { UploadCreated } from "../contract/uploads.ts";
import type { EditRecipe, SourceUpload, VersionEntry, VersionList } from "../contract/versions.ts";
import { type Catalog, catalog, runBatch } from "../db/client.ts";
import { countEndedTime } from "../db/encode-usage.ts";
import { readPlayable } from "../db/playback.ts";
import { switchVersion } from "../db/transcoding/switch-version.ts";
import {
  archiveVersions,
  dropVersions,
  listVersions,
  type VersionRow,
  versionProgress,
} from "../db/transcoding/versions.ts";
import type { VideoRow } from "../db/videos.ts";
import type { Operation } from "../domain/access-rules.ts";
import { countFrames, keptFrames } from "../domain/edit-timeline.ts";
import { encodeBudgetMs } from "../domain/tasks/encode-budget.ts";
import { AppError } from "../domain/errors.ts";
import type { Principal } from "../domain/principal.ts";
import { versionsToRetire } from "../domain/versions.ts";
import { objectsUnder } from "../media/objects.ts";
import { addedAudioPrefix } from "../media/storage-keys.ts";
import { authorizedVideo } from "./authorized-video.ts";
import { beginEdit, numberedVersion, restoreVersion } from "./begin-version.ts";
import { assertMayAddContent } from "./held-changes.ts";
import { type PlaybackEnv, startPlayback } from "./playback.ts";
import { createSourceUpload, type UploadEnv } from "./uploads.ts";
import { assertIdle, findWholeSource, notReady, orBusy } from "./whole-source.ts";

type VersionsEnv = UploadEnv & Pick<Env, "ENCODE_MINUTES_PER_DAY">;

/** The versions of a video, and the starting point for an edit. */
export async function videoVersions(
  env: VersionsEnv,
  principal: Principal,
  id: string,
): Promise<VersionList> {
  const db = catalog(env);
  const video = await authorizedVideo(db, principal, "versions.list", id);
  return present(db, video);
}

async function present(db: Catalog, video: VideoRow): Promise<VersionList> {
  const rows = await listVersions(db, video.id);
  const whole = video.state === "ready" ? await findWholeSource(db, video, rows) : null;
  const { grid } = whole?.plan ?? {};
  return {
    items: await Promise.all(rows.map((row) => entryOf(db, video, row))),
    whole:
      whole && grid
        ? {
            version: whole.version,
            duration: (grid.totalFrames * grid.frameRate.den) / grid.frameRate.num,
            frameRate: grid.frameRate.num / grid.frameRate.den,
          }
        : null,
  };
}

async function entryOf(db: Catalog, video: VideoRow, row: VersionRow): Promise<VersionEntry> {
  const { version, state, recipe, errorCode, errorDetail, createdAt } = row;
  const facts = state === "current" ? video : row.facts;
  return {
    version,
    state,
    recipe,
    duration: facts.duration ?? null,
    sourceBytes: facts.sourceBytes ?? 0,
    progress: state === "encoding" ? await versionProgress(db, row) : null,
    error: errorCode === null ? null : { code: errorCode, detail: errorDetail ?? "" },
    createdAt: new Date(createdAt).toISOString(),
  };
}

/**
 * Starts a version that shows only parts of the uploaded file. The current version is played until the new one is
 * ready. The caller relays the outbox afterwards.
 * @throws AppError invalid_request; conflict while the video is not ready, or another version is in the making; limit_reached;
 *   forbidden for a watermark or an audio track while moderators review the creator's uploads
 */
export async function editVideo(
  env: VersionsEnv,
  principal: Principal,
  id: string,
  recipe: EditRecipe,
): Promise<VersionList> {
  const db = catalog(env);
  const video = await authorizedVideo(db, principal, "versions.create", id);
  const rows = await listVersions(db, id);
  assertIdle(video, rows);
  const whole = await findWholeSource(db, video, rows);
  if (!whole) throw notReady(video);
  const { frameRate, totalFrames } = whole.plan.grid;
  const ranges = keptFrames(recipe, frameRate, totalFrames);
  const frames = countFrames(ranges);
  if (!isInOrder(recipe))
    throw invalid("The parts must be in order, and each must end after it begins.");
  if (frames * frameRate.den < MIN_EDITED_SECONDS * frameRate.num)
    throw invalid(`At least ${MIN_EDITED_SECONDS} second of the video must stay.`);
  const { watermark, audio } = recipe;
  if (watermark || audio) await assertMayAddContent(env, db, video.ownerId);
  if (frames === totalFrames && !watermark && !audio)
    throw invalid("This keeps the whole video. Cut something out.");
  const { sourceKey, sourceBytes, contentType, fingerprint } = video;
  const facts = { sourceKey, sourceBytes, contentType, fingerprint };
  await beginEdit(env, db, video, whole, { recipe, facts });
  return present(db, video);
}

/** @throws AppError limit_reached */
async function assertAudioRoom(env: VersionsEnv, id: string): Promise<void> {
  if ((await objectsUnder(env, addedAudioPrefix(id))).size >= MAX_ADDED_AUDIO)
    throw new AppError(
      "limit_reached",
      `A video can have ${MAX_ADDED_AUDIO} audio files. Those that no version uses go after a week.`,
    );
}

const isInOrder = ({ keep }: EditRecipe): boolean =>
  keep.every(({ from, to }, index) => from < to && from >= (keep[index - 1]?.to ?? 0));

/**
 * Drops a version: stops one in the making, or removes a kept one. The caller relays the outbox afterwards.
 * @throws AppError not_found; conflict for the current version, and for a whole file with edits
 */
export async function deleteVersion(
  env: VersionsEnv,
  principal: Principal,
  id: string,
  version: number,
): Promise<VersionList> {
  const db = catalog(env);
  const { video, row, rows } = await ownVersion(db, principal, "versions.delete", id, version);
  if (row.state === "current")
    throw new AppError("conflict", "This version is being played. Return to another one first.");
  const isNeeded =
    row.state === "kept" &&
    row.recipe === null &&
    rows.some((other) => other.recipe && sourceOf(other, video) === row.facts.sourceKey);
  if (isNeeded)
    throw new AppError(
      "conflict",
      "Other versions are edits of this one, so it cannot be removed.",
    );
  const now = Date.now();
  await runBatch(db, [
    ...(row.state === "encoding"
      ? countEndedTime(db, { version: row }, encodeBudgetMs(env), now)
      : []),
    ...dropVersions(db, [row], now),
  ]);
  return present(db, video);
}

const sourceOf = (row: VersionRow, video: VideoRow) =>
  row.state === "current" ? video.sourceKey : row.facts.sourceKey;

/**
 * Returns to a kept version at once; the current one is kept instead. An archived version is encoded again first. The caller
 * relays the outbox afterwards.
 * @throws AppError not_found; conflict; and for an archived version as `beginEdit`
 */
export async function publishVersion(
  env: VersionsEnv,
  principal: Principal,
  id: string,
  version: number,
): Promise<VersionList> {
  const db = catalog(env);
  const { video, row, rows } = await ownVersion(db, principal, "versions.publish", id, version);
  assertIdle(video, rows);
  if (row.state === "archived") {
    await restoreVersion(env, db, video, rows, row);
    return present(db, video);
  }
  if (row.state !== "kept")
    throw new AppError("conflict", "Only a kept version can be shown again.");
  const others = rows.filter((other) => other !== row && other.state !== "failed");
  const { archived, dropped } = versionsToRetire(
    others.map((other) => ({ ...other, facts: { sourceKey: sourceOf(other, video) ?? null } })),
    row.facts.sourceKey ?? null,
  );
  const now = Date.now();
  const to = { version: row, facts: row.facts, tracks: row.tracks };
  await orBusy(
    runBatch(db, [
      ...switchVersion(db, video, to, now),
      ...archiveVersions(db, archived, now),
      ...dropVersions(db, dropped, now),
    ]),
  );
  return present(db, await authorizedVideo(db, principal, "versions.publish", id));
}

/**
 * The data that a player needs to show an unpublished version.
 * @throws AppError not_found, conflict
 */
export async function playVersion(
  env: VersionsEnv & PlaybackEnv,
  principal: Principal,
  id: string,
  version: number,
): Promise<Playback> {
  const db = catalog(env);
  const video = await authorizedVideo(db, principal, "versions.play", id);
  if (video.state !== "ready") throw notReady(video);
  const playable = await readPlayable(db, id);
  if (version === video.version) return startPlayback(env, principal, { video, playable }, PREVIEW);
  const rows = await listVersions(db, id);
  const row = rows.find((one) => one.version === version && one.state === "kept");
  if (!row) throw new AppError("not_found", "This video has no such version.");
  const tracks = row.tracks.map((track) => ({ ...track, videoId: id }));
  const shown = { ...video, ...row.facts, version };
  return startPlayback(
    env,
    principal,
    { video: shown, playable: { ...playable, tracks, downloads: [] } },
    PREVIEW,
  );
}

/** An hour, the same as for every viewer. */
const PREVIEW = { expiresIn: 3600, rules: {} };

/** A version of a video of the caller. @throws AppError not_found, forbidden, insufficient_scope */
async function ownVersion(
  db: Catalog,
  principal: Principal,
  operation: Operation,
  id: string,
  version: number,
) {
  const video = await authorizedVideo(db, principal, operation, id);
  const rows = await listVersions(db, id);
  const row = rows.find((one) => one.version === version);
  if (!row) throw new AppError("not_found", "This video has no such version.");
  return { video, row, rows };
}

const invalid = (detail: string) =>
  new AppError("invalid_request", detail, {
    fields: [{ path: "body.keep", message: "does not fit the video" }],
  });

/**
 * Opens the upload of a file that replaces a video's file; the video keeps its id, views and links. It proceeds like
 * any upload; once it is complete, a version is made from it.
 * @throws AppError conflict; forbidden while moderators review the creator's uploads; and as `createUpload`
 */
export async function uploadSource(
  env: VersionsEnv,
  principal: Principal,
  id: string,
  file: SourceUpload,
): Promise<UploadCreated> {
  const db = catalog(env);
  const video = await authorizedVideo(db, principal, "versions.upload", id);
  await assertMayAddContent(env, db, video.ownerId);
  if (file.purpose === "audio") await assertAudioRoom(env, id);
  else {
    assertIdle(video, await listVersions(db, id));
    await numberedVersion(db, id);
  }
  return createSourceUpload(env, video, file);
}
