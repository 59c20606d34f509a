import { z } from "zod";
import type { PageQuery } from "../contract/common.ts";
import type { History, WatchProgress } from "../contract/history.ts";
import { catalog } from "../db/client.ts";
import { findVideos } from "../db/videos.ts";
import type { ProgressEntry } from "../db/account-library.ts";
import { deleteOldProgress, type LibraryEnv, libraryOf } from "../db/history.ts";
import { decodeCursor, encodeCursor } from "../domain/cursor.ts";
import { type Principal, signedIn } from "../domain/principal.ts";
import { authorizedVideo } from "./authorized-video.ts";
import { isVisible } from "../domain/videos.ts";
import { presentVideos } from "./present-videos.ts";

/** From this share of its duration a video counts as finished: the rest is usually credits. */
const FINISHED_RATIO = 0.95;

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
  const finished = video.duration !== null && position >= FINISHED_RATIO * video.duration;
  const { userId } = signedIn(principal);
  await libraryOf(env, userId).putProgress({ videoId, position, finished, updatedAt: Date.now() });
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
  return progressOf(env, signedIn(principal).userId, videoId);
}

/** How far an account has watched a video that it may see. */
export async function progressOf(
  env: LibraryEnv,
  userId: string,
  videoId: string,
): Promise<WatchProgress> {
  const row = await libraryOf(env, userId).getProgress(videoId);
  return row ? presentProgress(row) : { position: 0, finished: false, updatedAt: null };
}

/** The videos that the caller watched and may still see, latest first. */
export async function readHistory(
  env: Pick<Env, "CATALOG" | "PLAYBACK_TOKEN_SECRETS"> & LibraryEnv,
  principal: Principal,
  { limit, cursor }: PageQuery,
): Promise<History> {
  const db = catalog(env);
  const { userId } = signedIn(principal);
  const before = cursor === undefined ? undefined : decodeCursor(z.number(), cursor);
  const library = libraryOf(env, userId);
  const progress = await library.listProgress(limit, before);
  const rows = await findVideos(
    db,
    progress.map((row) => row.videoId),
  );
  await forgetGoneVideos(library, progress, rows);
  const visible = rows.filter((row) =>
    row.ownerId === userId ? row.deletedAt === null : isVisible(row),
  );
  const byId = new Map(progress.map((row) => [row.videoId, row]));
  const last = progress.at(-1);
  return {
    items: (await presentVideos(env, db, visible)).flatMap((video) => {
      const row = byId.get(video.id);
      return row ? [{ video, progress: presentProgress(row) }] : [];
    }),
    nextCursor: last && progress.length === limit ? encodeCursor(last.updatedAt) : null,
  };
}

export async function clearHistory(
  env: Pick<Env, "CATALOG"> & LibraryEnv,
  principal: Principal,
): Promise<void> {
  const { userId } = signedIn(principal);
  await deleteOldProgress(catalog(env), userId);
  await libraryOf(env, userId).clearProgress();
}

/** Deletes all that an account has kept for itself. */
export async function deleteLibrary(
  env: Pick<Env, "CATALOG"> & LibraryEnv,
  userId: string,
): Promise<void> {
  await deleteOldProgress(catalog(env), userId);
  await libraryOf(env, userId).deleteAll();
}

/** No purge of a video reaches the libraries: what it left there is removed when it is found. */
async function forgetGoneVideos(
  library: ReturnType<typeof libraryOf>,
  progress: readonly ProgressEntry[],
  rows: readonly { id: string; erasedAt: number | null }[],
): Promise<void> {
  const kept = new Set(rows.filter((row) => row.erasedAt === null).map((row) => row.id));
  const gone = progress.map((entry) => entry.videoId).filter((id) => !kept.has(id));
  if (gone.length > 0) await library.forgetVideos(gone);
}

function presentProgress(row: ProgressEntry): WatchProgress {
  return {
    position: row.position,
    finished: row.finished,
    updatedAt: new Date(row.updatedAt).toISOString(),
  };
}
