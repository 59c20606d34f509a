import type {
  TimelineTask,
  Video,
  VideoListQuery,
  VideoPage,
  VideoPatch,
} from "../contract/videos.ts";
import type { Stage } from "../contract/transcodes.ts";
import { z } from "zod";
import { catalog, catalogReplica, runBatch } from "../db/client.ts";
import { addLateTasks, getTranscode, retryTranscode } from "../db/transcoding/transcodes.ts";
import { listTasks, type TimelineRow } from "../db/transcoding/tasks.ts";
import { closeUploads } from "../db/uploads.ts";
import { listVideos, type Position, positionOf, type VideoFilter } from "../db/video-list.ts";
import { changeStatements, deletionStatements, type VideoRow } from "../db/videos.ts";
import { newContentKey } from "../media/content-key.ts";
import { decodeCursor, encodeCursor } from "../domain/cursor.ts";
import { AppError } from "../domain/errors.ts";
import { type PlanEnv, planSettings, planTask } from "../domain/plan-settings.ts";
import { isLaterStage } from "../domain/task-order.ts";
import { type Principal, signedIn } from "../domain/principal.ts";
import { authorizedVideo } from "./authorized-video.ts";
import { presentVideos } from "./present-videos.ts";

type VideoEnv = Pick<Env, "CATALOG" | "CONTENT_KEY_SECRETS" | "PLAYBACK_TOKEN_SECRETS"> & PlanEnv;

const Cursor = z.tuple([
  z.enum(["public", "own"]),
  z.string(),
  z.union([z.string(), z.number()]),
  z.string(),
]);

/** Public videos that can be watched, or with `creator=me` everything of the caller. */
export async function browseVideos(
  env: VideoEnv,
  principal: Principal,
  query: VideoListQuery,
): Promise<VideoPage> {
  const { limit, cursor, creator, sort, ...filters } = query;
  const me = creator === "me" ? signedIn(principal).userId : null;
  const scope: VideoFilter["scope"] = me === null ? "public" : "own";
  let after: Position | null = null;
  if (cursor !== undefined) {
    const [ofScope, ofSort, value, id] = decodeCursor(Cursor, cursor);
    if (ofScope !== scope || ofSort !== sort)
      throw new AppError("invalid_cursor", "This cursor belongs to a list in another order.");
    after = [value, id];
  }
  // An owner must see its own last change at once; what is public may be a moment old.
  const db = scope === "own" ? catalog(env) : catalogReplica(env);
  const rows = await listVideos(
    db,
    { ...filters, scope, ownerId: me ?? creator },
    sort,
    after,
    limit + 1,
  );
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const nextCursor =
    rows.length > limit && last
      ? encodeCursor([scope, sort, ...positionOf(last, scope, sort)])
      : null;
  return { items: await presentVideos(env, db, items), nextCursor };
}

export async function getVideo(env: VideoEnv, principal: Principal, id: string): Promise<Video> {
  const db = catalog(env);
  return presentOne(env, await authorizedVideo(db, principal, "videos.get", id));
}

/**
 * Changes what the creator may change. The caller relays the outbox afterwards.
 * @throws AppError conflict when encryption is to change after the transcode began, or downloads of an encrypted
 * video are to be offered
 */
export async function updateVideo(
  env: VideoEnv,
  principal: Principal,
  id: string,
  patch: VideoPatch,
): Promise<Video> {
  const db = catalog(env);
  const before = await authorizedVideo(db, principal, "videos.update", id);
  const wanted = { ...before, ...patch };
  if (wanted.encrypted && wanted.downloadsEnabled)
    throw new AppError("conflict", "An encrypted video has no downloads: choose one of the two.");
  await runBatch(db, changeStatements(db, id, patch, Date.now()));
  const after = await authorizedVideo(db, principal, "videos.update", id);
  if (patch.encrypted !== undefined && after.encrypted !== patch.encrypted) throw tooLate(after);
  return presentOne(env, after);
}

const tooLate = ({ state }: VideoRow): AppError =>
  new AppError(
    "conflict",
    `Whether a video is encrypted is decided before it is transcoded; this one is ${state}. Upload the file again.`,
  );

/** Takes the video away from everyone at once; its objects are purged through the outbox, which the caller relays. */
export async function deleteVideo(env: VideoEnv, principal: Principal, id: string): Promise<void> {
  const db = catalog(env);
  await authorizedVideo(db, principal, "videos.delete", id);
  await runBatch(db, [closeUploads(db, id, "aborted"), ...deletionStatements(db, id)]);
}

/** The timeline: every task of the current version. */
export async function videoTasks(
  env: VideoEnv,
  principal: Principal,
  id: string,
): Promise<TimelineTask[]> {
  const db = catalog(env);
  const video = await authorizedVideo(db, principal, "videos.tasks", id);
  const transcode = await getTranscode(db, { videoId: id, version: video.version });
  return (await listTasks(db, { videoId: id, version: video.version })).map((row) =>
    toTimelineTask(row, transcode?.stage ?? "plan"),
  );
}

/**
 * Transcodes a failed video again, from the source that was kept. The caller relays the outbox afterwards.
 * @throws AppError conflict when it has not failed
 */
export async function retryVideo(env: VideoEnv, principal: Principal, id: string): Promise<Video> {
  const db = catalog(env);
  const video = await authorizedVideo(db, principal, "videos.retry", id);
  const { ownerId, version, sourceKey } = video;
  if (video.state !== "failed" || sourceKey === null) {
    throw new AppError(
      "conflict",
      `Only a failed video can be retried; this one is ${video.state}.`,
    );
  }
  const plan = planTask(planSettings(env), false);
  const contentKey = await newContentKey(env);
  await runBatch(db, retryTranscode(db, { id, ownerId, version, sourceKey, contentKey }, plan));
  return presentOne(env, await authorizedVideo(db, principal, "videos.retry", id));
}

/**
 * Makes the poster (and with it the storyboard) again from the picture at a second of the film. The caller relays the
 * outbox afterwards.
 * @throws AppError conflict before the source has been looked at or when the video failed; invalid_request when the
 * film is shorter
 */
export async function pickPoster(
  env: VideoEnv,
  principal: Principal,
  id: string,
  at: number,
): Promise<void> {
  const db = catalog(env);
  const { version, state, duration } = await authorizedVideo(db, principal, "videos.poster", id);
  const transcode = await getTranscode(db, { videoId: id, version });
  if (state === "failed" || !transcode?.plan) {
    throw new AppError(
      "conflict",
      "A poster can be chosen once the file has been looked at, and not of a failed video.",
    );
  }
  if (duration !== null && at >= duration) {
    throw new AppError("invalid_request", `The film ends at ${duration} s.`, {
      fields: [{ path: "body.at", message: "after the end" }],
    });
  }
  const { source } = transcode.plan;
  const { limits } = planSettings(env);
  const spec = { kind: "images" as const, source, posterAt: at, limits };
  const task = {
    name: `images at ${at} s, ${Date.now()}`,
    stage: "extras" as const,
    priority: "images" as const,
    spec,
  };
  await runBatch(db, addLateTasks(db, transcode, [task], Date.now()));
}

async function presentOne(
  env: VideoEnv,
  row: Awaited<ReturnType<typeof authorizedVideo>>,
): Promise<Video> {
  const [video] = await presentVideos(env, catalog(env), [row]);
  if (!video) throw new Error("presentVideos lost a row");
  return video;
}

/** @param stage tasks of a later one wait for it */
function toTimelineTask(row: TimelineRow, stage: Stage): TimelineTask {
  const iso = (time: number | null): string | null =>
    time === null ? null : new Date(time).toISOString();
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    state: row.state === "queued" && isLaterStage(row.stage, stage) ? "waiting" : row.state,
    progress: row.progress,
    attempts: row.attempt,
    error: row.errorCode === null ? null : { code: row.errorCode, detail: row.errorDetail ?? "" },
    startedAt: iso(row.startedAt),
    finishedAt: iso(row.finishedAt),
  };
}
