import { noteAct } from "../audit-note.ts";
import type { Video, VideoPatch } from "../contract/videos.ts";
import { catalog, runBatch } from "../db/client.ts";
import { countEndedTime } from "../db/encode-usage.ts";
import { addTasks } from "../db/transcoding/add-tasks.ts";
import { nextVersion, renumberCurrent } from "../db/transcoding/versions.ts";
import { getTranscode, retryTranscode } from "../db/transcoding/transcodes.ts";
import { countDead, reviveDead } from "../db/transcoding/dead-tasks.ts";
import { allowShowing } from "../db/reports.ts";
import { abortUploads } from "../db/uploads.ts";
import { changeStatements, deletionStatements, type VideoRow } from "../db/videos.ts";
import { newContentKey } from "../media/content-key.ts";
import { encodeBudgetMs } from "../domain/tasks/encode-budget.ts";
import { AppError } from "../domain/errors.ts";
import { BANNED_SOURCE } from "../domain/moderation.ts";
import { premiereFault, type Schedule, scheduleFault } from "../domain/schedule.ts";
import { type PlanEnv, planSettings, planTask } from "../domain/tasks/plan-settings.ts";
import { isAdmin, type Principal } from "../domain/principal.ts";
import { assertAllowedWords, rulingFaults } from "./allowed-changes.ts";
import { authorizedVideo } from "./authorized-video.ts";
import { presentVideos } from "./present-videos.ts";
import { republishChapters } from "./republish.ts";
import { holdBack } from "./held-changes.ts";
import { tasksOfCurrent } from "./whole-source.ts";
import { assertOffered } from "./site-settings.ts";

type VideoEnv = Pick<
  Env,
  | "BLOCKED_SEARCH_WORDS"
  | "CATALOG"
  | "CONTENT_KEY_SECRETS"
  | "MEDIA"
  | "PLAYBACK_TOKEN_SECRETS"
  | "REVIEW_NEW_CREATORS"
> &
  PlanEnv;

export async function getVideo(env: VideoEnv, principal: Principal, id: string): Promise<Video> {
  const db = catalog(env);
  return presentOne(env, principal, await authorizedVideo(db, principal, "videos.get", id));
}

/**
 * Changes a video. What an unknown creator publishes waits for a moderator, where the site wants that. The caller relays the
 * outbox afterwards.
 * @throws AppError invalid_request for a schedule that cannot be; blocked_words; forbidden for showing a video that a
 *   moderator has hidden or limited; conflict for changing the encryption or `alwaysEncode` after the transcode began, or
 *   offering downloads of an encrypted video
 */
export async function updateVideo(
  env: VideoEnv,
  principal: Principal,
  id: string,
  patch: VideoPatch,
): Promise<Video> {
  const db = catalog(env);
  const before = await authorizedVideo(db, principal, "videos.update", id);
  assertChangeable(principal, before, patch);
  assertAllowedWords(env, patch);
  await assertOffered(env, patch, before);
  const limited = (await rulingFaults(db, principal, [before], patch)).get(id);
  if (limited) throw limited;
  const hold = await holdBack(env, db, principal, [before], patch);
  const allowed = hold.held.has(id) ? withoutVisibility(patch) : patch;
  const now = Date.now();
  const schedule = scheduleOf(patch);
  const { publishAt: _start, unpublishAt: _end, premiere: _premiere, ...others } = allowed;
  const changed = { ...before, ...others, ...schedule };
  const fault = scheduleFault(changed, schedule, now) ?? premiereFault(changed, patch);
  if (fault)
    throw new AppError("invalid_request", "The video cannot be scheduled like this.", {
      fields: [{ path: `body.${fault.field}`, message: fault.message }],
    });
  await runBatch(db, [
    ...changeStatements(db, [id], allowed, now, schedule),
    ...hold.statements,
    ...(await republishChapters(db, before, changed, now)),
    ...(isShownAgain(before, patch) ? [allowShowing(db, [id])] : []),
  ]);
  const after = await authorizedVideo(db, principal, "videos.update", id);
  noteAct({ before: valuesOf(before, patch) });
  if (patch.encrypted !== undefined && after.encrypted !== patch.encrypted)
    throw tooLate("Encryption", after);
  if (patch.alwaysEncode !== undefined && after.alwaysEncode !== patch.alwaysEncode)
    throw tooLate("The choice to always encode", after);
  return presentOne(env, principal, after);
}

/** The rest of a patch whose visibility waits for a moderator. */
export function withoutVisibility({ visibility: _held, ...rest }: VideoPatch): VideoPatch {
  return rest;
}

/** The values that a patch has replaced, for the audit log. */
function valuesOf(video: VideoRow, patch: VideoPatch): Record<string, unknown> {
  const values: Record<string, unknown> = video;
  return Object.fromEntries(Object.keys(patch).map((name) => [name, values[name]]));
}

/** Whether a change would show a video to others that a moderator has hidden. */
export function isShownAgain({ hiddenAt, visibility }: VideoRow, patch: VideoPatch): boolean {
  return hiddenAt !== null && (patch.visibility ?? visibility) !== "private";
}

/** @throws AppError forbidden, conflict: see `updateVideo` */
export function assertChangeable(principal: Principal, video: VideoRow, patch: VideoPatch): void {
  if (isShownAgain(video, patch) && !isAdmin(principal))
    throw new AppError("forbidden", "A moderator has hidden this video. It stays private.");
  const { encrypted, downloadsEnabled } = { ...video, ...patch };
  if (encrypted && downloadsEnabled)
    throw new AppError(
      "conflict",
      "An encrypted video cannot be downloaded. Choose either encryption or downloads.",
    );
}

/** The times that a patch sets or removes. */
function scheduleOf({ publishAt, unpublishAt }: VideoPatch): Partial<Schedule> {
  const time = (text: string | null) => (text === null ? null : Date.parse(text));
  return {
    ...(publishAt !== undefined && { publishAt: time(publishAt) }),
    ...(unpublishAt !== undefined && { unpublishAt: time(unpublishAt) }),
  };
}

function tooLate(what: string, { state }: VideoRow): AppError {
  return new AppError(
    "conflict",
    `${what} cannot be changed once a video has been transcoded; this one is ${state}. Upload the file again.`,
  );
}

/** Hides a video from everyone at once and moves it to the bin. The caller relays the outbox afterwards. */
export async function deleteVideo(
  env: VideoEnv & Pick<Env, "ENCODE_MINUTES_PER_DAY">,
  principal: Principal,
  id: string,
): Promise<void> {
  const db = catalog(env);
  await authorizedVideo(db, principal, "videos.delete", id);
  await moveToBin(env, [id]);
}

/** Deletes videos, without asking who may. The caller relays the outbox afterwards. */
export async function moveToBin(
  env: Pick<Env, "CATALOG" | "ENCODE_MINUTES_PER_DAY">,
  ids: readonly string[],
): Promise<void> {
  const db = catalog(env);
  const now = Date.now();
  await runBatch(db, [
    abortUploads(db, ids),
    ...countEndedTime(db, { videoIds: ids }, encodeBudgetMs(env), now),
    ...deletionStatements(db, ids, now),
  ]);
}

/**
 * Transcodes a failed video again from its stored source, or retries the failed tasks of a watchable video: images,
 * captions, a track, the second codec, downloads. The caller relays the outbox afterwards.
 * @throws AppError conflict when nothing has failed
 */
export async function retryVideo(env: VideoEnv, principal: Principal, id: string): Promise<Video> {
  const db = catalog(env);
  const video = await authorizedVideo(db, principal, "videos.retry", id);
  await retryWork(env, video);
  return presentOne(env, principal, await authorizedVideo(db, principal, "videos.retry", id));
}

/** Like `retryVideo`, for a video whose retry was authorised. @throws AppError conflict when nothing has failed */
export async function retryWork(env: VideoEnv, video: VideoRow): Promise<void> {
  const db = catalog(env);
  const { id, ownerId, version } = video;
  if (video.state === "failed" && video.errorCode === "banned_source")
    throw new AppError("banned_source", BANNED_SOURCE);
  if (video.state !== "failed" || video.sourceKey === null) {
    const transcode = await getTranscode(db, { videoId: id, version });
    if (!transcode || transcode.state === "failed" || (await countDead(db, transcode)) === 0)
      throw new AppError(
        "conflict",
        `Only what has failed can be retried; this video is ${video.state}, and nothing of it has failed.`,
      );
    return void (await runBatch(db, reviveDead(db, transcode, Date.now())));
  }
  const next = await nextVersion(db, id);
  const contentKey = await newContentKey(env);
  const edit = await tasksOfCurrent(env, db, video);
  const [first = planTask(planSettings(env), false), ...others] = edit?.tasks ?? [];
  const sourceKey = edit?.sourceKey ?? video.sourceKey;
  const before = { id, ownerId, version, sourceKey, contentKey };
  const now = Date.now();
  await runBatch(db, [
    ...retryTranscode(db, before, first, now, "failed", next),
    ...addTasks(db, { videoId: id, version: next }, others, now),
    renumberCurrent(db, { videoId: id, version }, next),
  ]);
}

async function presentOne(
  env: VideoEnv,
  principal: Principal,
  row: Awaited<ReturnType<typeof authorizedVideo>>,
): Promise<Video> {
  const [video] = await presentVideos(env, catalog(env), [row], principal);
  if (!video) throw new Error("presentVideos dropped a row");
  return video;
}
