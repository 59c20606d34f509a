import { MAX_POSTER_BYTES } from "../contract/poster-limits.ts";
import type { PlannedTask, TaskSpec } from "../contract/transcodes.ts";
import { type Catalog, catalog, runBatch } from "../db/client.ts";
import { countTasks, dropQueued } from "../db/transcoding/add-tasks.ts";
import { addLateTasks, getTranscode, type Transcode } from "../db/transcoding/transcodes.ts";
import type { VideoRow } from "../db/videos.ts";
import type { Operation } from "../domain/access-rules.ts";
import { AppError } from "../domain/errors.ts";
import { LIMITS } from "../domain/limits.ts";
import { type PlanEnv, planSettings } from "../domain/tasks/plan-settings.ts";
import { posterTypeOf } from "../domain/poster-files.ts";
import type { Principal } from "../domain/principal.ts";
import { readTaskArchive } from "../media/task-archive.ts";
import { uploadedPosterKey } from "../media/storage-keys.ts";
import { putBytes } from "../media/objects.ts";
import { authorizedVideo } from "./authorized-video.ts";

type PosterEnv = Pick<Env, "CATALOG" | "MEDIA"> & PlanEnv;
type ImagesSpec = Extract<TaskSpec, { kind: "images" }>;

/** Prefixes of the names of the tasks that make another poster. */
const POSTER_TASK_PREFIXES = ["images at ", "images from "] as const;

/**
 * Makes a new poster from the frame at a time, with new storyboard and preview. The caller relays the outbox
 * afterwards.
 * @param at seconds
 * @throws AppError conflict before the source has been probed or when the video failed; invalid_request when `at` is
 * after the end; limit_reached
 */
export async function pickPoster(
  env: PosterEnv,
  principal: Principal,
  id: string,
  at: number,
): Promise<void> {
  const db = catalog(env);
  const { video, transcode, source } = await withPlan(db, principal, "videos.poster", id);
  const { duration } = video;
  if (duration !== null && at >= duration) {
    throw new AppError("invalid_request", `The video ends at ${duration} s.`, {
      fields: [{ path: "body.at", message: "after the end" }],
    });
  }
  await checkCount(env, db, transcode);
  const now = Date.now();
  const name = `${POSTER_TASK_PREFIXES[0]}${at} s, ${now}`;
  await replacePoster(env, db, transcode, name, { source, posterAt: at }, now);
}

/**
 * Makes a new poster from an image of the creator. The file's metadata, such as a location, is not kept. The caller
 * relays the outbox afterwards.
 * @param file JPEG, PNG, WebP or AVIF
 * @throws AppError payload_too_large, invalid_request; conflict before the video has images, or when it failed;
 * limit_reached
 */
export async function uploadPoster(
  env: PosterEnv,
  principal: Principal,
  id: string,
  file: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const db = catalog(env);
  const { video, transcode, source } = await withPlan(db, principal, "videos.poster-file", id);
  if (file.byteLength > MAX_POSTER_BYTES)
    throw new AppError(
      "payload_too_large",
      `A picture may have at most ${MAX_POSTER_BYTES} bytes.`,
    );
  const contentType = posterTypeOf(file);
  if (contentType === null)
    throw new AppError("invalid_request", "The picture must be a JPEG, PNG, WebP or AVIF file.");
  // If the file cannot be read after all, the video keeps these.
  if (video.posterPath === null)
    throw new AppError("conflict", "A picture can be used once the video has its first thumbnail.");
  await checkCount(env, db, transcode);
  const now = Date.now();
  const uploadedPoster = String(now);
  await putBytes(env, uploadedPosterKey(id, uploadedPoster), file, contentType);
  const { posterAt } = video;
  const name = `${POSTER_TASK_PREFIXES[1]}a picture, ${now}`;
  await replacePoster(env, db, transcode, name, { source, posterAt, uploadedPoster }, now);
}

/** A video that has been probed, with its source. @throws AppError not_found, forbidden, conflict */
async function withPlan(
  db: Catalog,
  principal: Principal,
  operation: Operation,
  id: string,
): Promise<{ video: VideoRow; transcode: Transcode; source: ImagesSpec["source"] }> {
  const video = await authorizedVideo(db, principal, operation, id);
  const transcode = await getTranscode(db, { videoId: id, version: video.version });
  if (video.state === "failed" || !transcode?.plan) {
    throw new AppError(
      "conflict",
      "A poster can be chosen once processing has started, and not for a failed video.",
    );
  }
  return { video, transcode, source: transcode.plan.source };
}

/** @throws AppError limit_reached */
async function checkCount(env: PosterEnv, db: Catalog, transcode: Transcode): Promise<void> {
  const ended = await readTaskArchive(env, transcode);
  let posters = 0;
  for (const prefix of POSTER_TASK_PREFIXES)
    posters +=
      (await countTasks(db, transcode, prefix)) +
      ended.filter(({ name }) => name.startsWith(prefix)).length;
  if (posters >= LIMITS.postersPerVersion)
    throw new AppError(
      "limit_reached",
      `The poster of a video can be changed ${LIMITS.postersPerVersion} times.`,
    );
}

async function replacePoster(
  env: PosterEnv,
  db: Catalog,
  transcode: Transcode,
  name: string,
  spec: Omit<ImagesSpec, "kind" | "limits">,
  now: number,
): Promise<void> {
  const { limits } = planSettings(env);
  const task: PlannedTask = {
    name,
    stage: "extras",
    priority: "images",
    spec: { kind: "images", ...spec, limits },
  };
  await runBatch(db, [
    ...POSTER_TASK_PREFIXES.map((prefix) => dropQueued(db, transcode, prefix)),
    ...addLateTasks(db, transcode, [task], now),
  ]);
}
