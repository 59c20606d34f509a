import { z } from "zod";
import type { PageQuery } from "../contract/common.ts";
import type { SavedVideos, WatchSettings, WatchSettingsPatch } from "../contract/library.ts";
import { catalog } from "../db/client.ts";
import { type LibraryEnv, libraryOf } from "../db/history.ts";
import type { SavedListName } from "../db/library/saved-list.ts";
import { findVideos, type VideoRow } from "../db/videos.ts";
import { type ViewCounterEnv, viewCounterOf } from "../db/views.ts";
import { decodeCursor, encodeCursor } from "../domain/cursor.ts";
import { AppError } from "../domain/errors.ts";
import { LIMITS } from "../domain/limits.ts";
import { type Principal, signedIn } from "../domain/principal.ts";
import { hashAccount } from "../domain/viewer-hash.ts";
import { isVisible } from "../domain/videos.ts";
import { viewCounterName } from "../domain/views.ts";
import { authorizedVideo } from "./authorized-video.ts";
import { presentVideos } from "./present-videos.ts";

type ListEnv = Pick<Env, "CATALOG" | "PLAYBACK_TOKEN_SECRETS"> & LibraryEnv;
type LikeEnv = Pick<Env, "CATALOG" | "BETTER_AUTH_SECRET"> & LibraryEnv & ViewCounterEnv;

const Cursor = z.tuple([z.number(), z.string()]);

/** Adds a video to the caller's watchlist. @throws AppError not_found, limit_reached */
export async function addToWatchlist(
  env: Pick<Env, "CATALOG"> & LibraryEnv,
  principal: Principal,
  videoId: string,
): Promise<void> {
  await authorizedVideo(catalog(env), principal, "watchlist.add", videoId);
  const entry = { videoId, addedAt: Date.now() };
  if (!(await libraryOf(env, signedIn(principal).userId).addSaved("watchlist", entry)))
    throw new AppError(
      "limit_reached",
      `A watchlist has at most ${LIMITS.watchlistPerAccount} videos. Remove one first.`,
    );
}

export async function removeFromWatchlist(
  env: LibraryEnv,
  principal: Principal,
  videoId: string,
): Promise<void> {
  await libraryOf(env, signedIn(principal).userId).removeSaved("watchlist", videoId);
}

/**
 * Likes a video. The account's library and the counter of the video both remember it, so that a call which failed between
 * them can be repeated. What was taken back in between, or deleted with the account, does not stay in the counter.
 * @throws AppError not_found, limit_reached
 */
export async function likeVideo(
  env: LikeEnv,
  principal: Principal,
  videoId: string,
): Promise<void> {
  await authorizedVideo(catalog(env), principal, "likes.add", videoId);
  const { userId } = signedIn(principal);
  const library = libraryOf(env, userId);
  if (!(await library.addSaved("likes", { videoId, addedAt: Date.now() })))
    throw new AppError(
      "limit_reached",
      `An account can like ${LIMITS.likesPerAccount} videos. Take a like back first.`,
    );
  const who = await hashAccount(env.BETTER_AUTH_SECRET, userId);
  const counter = viewCounterOf(env, videoId);
  await counter.addLike({ videoId, who });
  if (!(await library.hasSaved("likes", videoId))) await counter.removeLikes([{ videoId, who }]);
}

/** Takes a like back: first from the counter, since the library knows which counters have one. */
export async function unlikeVideo(
  env: LikeEnv,
  principal: Principal,
  videoId: string,
): Promise<void> {
  const { userId } = signedIn(principal);
  const who = await hashAccount(env.BETTER_AUTH_SECRET, userId);
  await viewCounterOf(env, videoId).removeLikes([{ videoId, who }]);
  await libraryOf(env, userId).removeSaved("likes", videoId);
}

/** Takes back all likes of an account that is deleted: one call per counter. */
export async function unlikeAll(
  env: Pick<Env, "BETTER_AUTH_SECRET"> & LibraryEnv & ViewCounterEnv,
  userId: string,
): Promise<void> {
  const likes = await libraryOf(env, userId).listSaved("likes", LIMITS.likesPerAccount);
  const who = await hashAccount(env.BETTER_AUTH_SECRET, userId);
  const byCounter = Map.groupBy(likes, ({ videoId }) => viewCounterName(videoId));
  for (const group of byCounter.values())
    await viewCounterOf(env, group[0]!.videoId).removeLikes(
      group.map(({ videoId }) => ({ videoId, who })),
    );
}

/** The videos of one of the caller's lists that the caller may still see, latest first. */
export async function readSaved(
  env: ListEnv,
  principal: Principal,
  list: SavedListName,
  { limit, cursor }: PageQuery,
): Promise<SavedVideos> {
  const { userId } = signedIn(principal);
  const library = libraryOf(env, userId);
  const [addedAt, videoId] = cursor === undefined ? [] : decodeCursor(Cursor, cursor);
  const entries = await library.listSaved(
    list,
    limit,
    addedAt === undefined || videoId === undefined ? undefined : { addedAt, videoId },
  );
  const videos = await visibleVideos(env, userId, entries);
  const last = entries.at(-1);
  return {
    items: entries.flatMap((entry) => {
      const video = videos.get(entry.videoId);
      return video ? [{ video, addedAt: new Date(entry.addedAt).toISOString() }] : [];
    }),
    nextCursor:
      last && entries.length === limit ? encodeCursor([last.addedAt, last.videoId]) : null,
  };
}

/** Whether an account may see a video in a list. */
export function isShownTo(userId: string | null, row: VideoRow): boolean {
  return row.ownerId === userId ? row.deletedAt === null : isVisible(row);
}

/** The videos of a list that an account may see, by id. The library forgets those that were erased. */
async function visibleVideos(env: ListEnv, userId: string, entries: { videoId: string }[]) {
  const db = catalog(env);
  const rows = await findVideos(
    db,
    entries.map((entry) => entry.videoId),
  );
  await forgetGone(env, userId, entries, rows);
  const shown = rows.filter((row) => isShownTo(userId, row));
  return new Map((await presentVideos(env, db, shown)).map((video) => [video.id, video]));
}

/** No purge of a video reaches the libraries: what it left there is removed when it is found. */
export async function forgetGone(
  env: LibraryEnv,
  userId: string,
  entries: readonly { videoId: string }[],
  rows: readonly Pick<VideoRow, "id" | "erasedAt">[],
): Promise<void> {
  const kept = new Set(rows.filter((row) => row.erasedAt === null).map((row) => row.id));
  const gone = entries.map((entry) => entry.videoId).filter((id) => !kept.has(id));
  if (gone.length > 0) await libraryOf(env, userId).forgetVideos(gone);
}

export async function readSettings(env: LibraryEnv, principal: Principal): Promise<WatchSettings> {
  return libraryOf(env, signedIn(principal).userId).readSettings();
}

export async function changeSettings(
  env: LibraryEnv,
  principal: Principal,
  patch: WatchSettingsPatch,
): Promise<WatchSettings> {
  return libraryOf(env, signedIn(principal).userId).changeSettings(patch);
}
