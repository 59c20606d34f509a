import { z } from "zod";
import type { PageQuery } from "../contract/common.ts";
import type { History, WatchProgress } from "../contract/history.ts";
import { catalog } from "../db/client.ts";
import { findVideos } from "../db/videos.ts";
import { deleteOldProgress, type LibraryEnv, libraryOf } from "../db/history.ts";
import type { ProgressEntry } from "../db/library/progress-store.ts";
import { decodeCursor, encodeCursor } from "../domain/cursor.ts";
import { type Principal, signedIn } from "../domain/principal.ts";
import { MAIN_PROFILE, profileOf } from "../domain/profiles.ts";
import { authorizedVideo } from "./authorized-video.ts";
import { unfollowAll } from "./follows.ts";
import { forgetGone, isShownTo } from "./library.ts";
import { presentVideos } from "./present-videos.ts";

/** From this share of its duration a video counts as finished: the rest is usually credits. */
const FINISHED_RATIO = 0.95;

/** @param position seconds */
export function isFinished({ duration }: { duration: number | null }, position: number): boolean {
  return duration !== null && position >= FINISHED_RATIO * duration;
}

/**
 * Stores how far the caller has watched a video.
 * @param position seconds
 * @throws AppError not_found for a video that the caller may not see
 */
export async function recordProgress(
  env: Pick<Env, "CATALOG"> & LibraryEnv,
  principal: Principal,
  videoId: string,
  position: number,
): Promise<void> {
  const db = catalog(env);
  const video = await authorizedVideo(db, principal, "progress.put", videoId);
  const finished = isFinished(video, position);
  const caller = signedIn(principal);
  const entry = { videoId, position, finished, updatedAt: Date.now() };
  await libraryOf(env, caller.userId).putProgress(profileOf(caller), entry);
}

/**
 * How far the caller has watched a video.
 * @throws AppError not_found for a video that the caller may not see
 */
export async function readProgress(
  env: Pick<Env, "CATALOG"> & LibraryEnv,
  principal: Principal,
  videoId: string,
): Promise<WatchProgress> {
  const db = catalog(env);
  await authorizedVideo(db, principal, "progress.get", videoId);
  const caller = signedIn(principal);
  return presentProgress(
    await libraryOf(env, caller.userId).getProgress(profileOf(caller), videoId),
  );
}

/** The videos that the caller watched and may still see, latest first. */
export async function readHistory(
  env: Pick<Env, "CATALOG" | "PLAYBACK_TOKEN_SECRETS"> & LibraryEnv,
  principal: Principal,
  { limit, cursor }: PageQuery,
): Promise<History> {
  const db = catalog(env);
  const caller = signedIn(principal);
  const { userId } = caller;
  const before = cursor === undefined ? undefined : decodeCursor(z.number(), cursor);
  const progress = await libraryOf(env, userId).listProgress(profileOf(caller), limit, before);
  const rows = await findVideos(
    db,
    progress.map((row) => row.videoId),
  );
  await forgetGone(env, userId, progress, rows);
  const visible = rows.filter((row) => isShownTo(principal, row));
  const byId = new Map(progress.map((row) => [row.videoId, row]));
  const last = progress.at(-1);
  return {
    items: (await presentVideos(env, db, visible, caller)).flatMap((video) => {
      const row = byId.get(video.id);
      return row ? [{ video, progress: presentProgress(row) }] : [];
    }),
    nextCursor: last && progress.length === limit ? encodeCursor(last.updatedAt) : null,
  };
}

/** Forgets how far the caller has watched a video. */
export async function removeFromHistory(
  env: LibraryEnv,
  principal: Principal,
  videoId: string,
): Promise<void> {
  const caller = signedIn(principal);
  await libraryOf(env, caller.userId).removeProgress(profileOf(caller), videoId);
}

export async function clearHistory(
  env: Pick<Env, "CATALOG"> & LibraryEnv,
  principal: Principal,
): Promise<void> {
  const caller = signedIn(principal);
  const profileId = profileOf(caller);
  if (profileId === MAIN_PROFILE) await deleteOldProgress(catalog(env), caller.userId);
  await libraryOf(env, caller.userId).clearProgress(profileId);
}

/** Deletes all that an account has kept for itself, and its likes from the counters of the videos. */
export async function deleteLibrary(
  env: Pick<Env, "CATALOG"> & LibraryEnv,
  userId: string,
): Promise<void> {
  await deleteOldProgress(catalog(env), userId);
  await unfollowAll(env, userId);
  await libraryOf(env, userId).deleteAll(userId);
}

/** A position in the API's form; 0 for a video that was never watched. */
export function presentProgress(row: ProgressEntry | null): WatchProgress {
  if (!row) return { position: 0, finished: false, updatedAt: null };
  return {
    position: row.position,
    finished: row.finished,
    updatedAt: new Date(row.updatedAt).toISOString(),
  };
}
