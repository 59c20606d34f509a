import { z } from "zod";
import type { PageQuery } from "../contract/common.ts";
import type { History, WatchProgress } from "../contract/history.ts";
import { type Catalog, catalog } from "../db/client.ts";
import { findVideos } from "../db/videos.ts";
import {
  clearProgress,
  getProgress,
  listProgress,
  putProgress,
  type WatchProgressRow,
} from "../db/history.ts";
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
  env: Pick<Env, "CATALOG">,
  principal: Principal,
  videoId: string,
  position: number,
): Promise<void> {
  const db = catalog(env);
  const video = await authorizedVideo(db, principal, "progress.put", videoId);
  const finished = video.duration !== null && position >= FINISHED_RATIO * video.duration;
  const { userId } = signedIn(principal);
  await putProgress(db, { userId, videoId, position, finished, updatedAt: Date.now() });
}

/**
 * How far the caller has watched a video.
 * @throws AppError not_found for a video that the caller may not see
 */
export async function readProgress(
  env: Pick<Env, "CATALOG">,
  principal: Principal,
  videoId: string,
): Promise<WatchProgress> {
  const db = catalog(env);
  await authorizedVideo(db, principal, "progress.get", videoId);
  return progressOf(db, signedIn(principal).userId, videoId);
}

/** How far an account has watched a video that it may see. */
export async function progressOf(
  db: Catalog,
  userId: string,
  videoId: string,
): Promise<WatchProgress> {
  const row = await getProgress(db, userId, videoId);
  return row ? presentProgress(row) : { position: 0, finished: false, updatedAt: null };
}

/** The videos that the caller watched and may still see, latest first. */
export async function readHistory(
  env: Pick<Env, "CATALOG" | "PLAYBACK_TOKEN_SECRETS">,
  principal: Principal,
  { limit, cursor }: PageQuery,
): Promise<History> {
  const db = catalog(env);
  const { userId } = signedIn(principal);
  const before = cursor === undefined ? undefined : decodeCursor(z.number(), cursor);
  const progress = await listProgress(db, userId, limit, before);
  const rows = await findVideos(
    db,
    progress.map((row) => row.videoId),
  );
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

export function clearHistory(env: Pick<Env, "CATALOG">, principal: Principal): Promise<void> {
  return clearProgress(catalog(env), signedIn(principal).userId);
}

function presentProgress(row: WatchProgressRow): WatchProgress {
  return {
    position: row.position,
    finished: row.finished,
    updatedAt: new Date(row.updatedAt).toISOString(),
  };
}
