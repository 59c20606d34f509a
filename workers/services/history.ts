import { z } from "zod";
import type { PageQuery } from "../contract/common.ts";
import type { History, WatchProgress } from "../contract/history.ts";
import { catalog } from "../db/client.ts";
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

/** From here on a film counts as watched: what follows are its credits. */
const FINISHED_SHARE = 0.95;

/** @throws AppError `not_found` for a video that the caller may not see */
export async function recordProgress(
  env: Pick<Env, "CATALOG">,
  principal: Principal,
  videoId: string,
  position: number,
): Promise<void> {
  const db = catalog(env);
  const video = await authorizedVideo(db, principal, "progress.put", videoId);
  const finished = video.duration !== null && position >= FINISHED_SHARE * video.duration;
  const { userId } = signedIn(principal);
  await putProgress(db, { userId, videoId, position, finished, updatedAt: Date.now() });
}

/** Where to go on watching. @throws AppError `not_found` for a video that the caller may not see */
export async function readProgress(
  env: Pick<Env, "CATALOG">,
  principal: Principal,
  videoId: string,
): Promise<WatchProgress> {
  const db = catalog(env);
  await authorizedVideo(db, principal, "progress.get", videoId);
  const row = await getProgress(db, signedIn(principal).userId, videoId);
  return row ? shown(row) : { position: 0, finished: false, updatedAt: null };
}

/** What the caller watched, latest first, as far as it may still be seen. */
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
  const open = rows.filter((row) =>
    row.ownerId === userId ? row.deletedAt === null : isVisible(row),
  );
  const byId = new Map(progress.map((row) => [row.videoId, row]));
  const last = progress.at(-1);
  return {
    items: (await presentVideos(env, db, open)).flatMap((video) => {
      const row = byId.get(video.id);
      return row ? [{ video, progress: shown(row) }] : [];
    }),
    nextCursor: last && progress.length === limit ? encodeCursor(last.updatedAt) : null,
  };
}

export const clearHistory = (env: Pick<Env, "CATALOG">, principal: Principal): Promise<void> =>
  clearProgress(catalog(env), signedIn(principal).userId);

const shown = (row: WatchProgressRow): WatchProgress => ({
  position: row.position,
  finished: row.finished,
  updatedAt: new Date(row.updatedAt).toISOString(),
});
