import { z } from "zod";
import type { PageQuery } from "../contract/common.ts";
import type { SavedVideos, WatchSettings, WatchSettingsPatch } from "../contract/library.ts";
import { catalog } from "../db/client.ts";
import { type LibraryEnv, libraryOf } from "../db/history.ts";
import type { SavedListName } from "../db/library/saved-list.ts";
import { findVideos, type VideoRow } from "../db/videos.ts";
import { decodeCursor, encodeCursor } from "../domain/cursor.ts";
import { AppError } from "../domain/errors.ts";
import { LIMITS } from "../domain/limits.ts";
import { isWithinLimit, limitOf } from "../domain/maturity.ts";
import { type Principal, type SignedIn, signedIn } from "../domain/principal.ts";
import { profileOf } from "../domain/profiles.ts";
import { isVisible } from "../domain/videos.ts";
import { authorizedVideo } from "./authorized-video.ts";
import { presentVideos } from "./present-videos.ts";

type ListEnv = Pick<Env, "CATALOG" | "PLAYBACK_TOKEN_SECRETS"> & LibraryEnv;

const Cursor = z.tuple([z.number(), z.string()]);

/** Adds a video to the caller's watchlist. @throws AppError not_found, limit_reached */
export async function addToWatchlist(
  env: Pick<Env, "CATALOG"> & LibraryEnv,
  principal: Principal,
  videoId: string,
): Promise<void> {
  await authorizedVideo(catalog(env), principal, "watchlist.add", videoId);
  const caller = signedIn(principal);
  const entry = { videoId, addedAt: Date.now() };
  if (!(await libraryOf(env, caller.userId).addToWatchlist(profileOf(caller), entry)))
    throw new AppError(
      "limit_reached",
      `A watchlist has at most ${LIMITS.watchlistPerProfile} videos. Remove one first.`,
    );
}

export async function removeFromWatchlist(
  env: LibraryEnv,
  principal: Principal,
  videoId: string,
): Promise<void> {
  const caller = signedIn(principal);
  await libraryOf(env, caller.userId).removeFromWatchlist(profileOf(caller), videoId);
}

/** Likes a video. A call that failed half-way can be repeated. @throws AppError not_found, limit_reached */
export async function likeVideo(
  env: Pick<Env, "CATALOG"> & LibraryEnv,
  principal: Principal,
  videoId: string,
): Promise<void> {
  await authorizedVideo(catalog(env), principal, "likes.add", videoId);
  const caller = signedIn(principal);
  const library = libraryOf(env, caller.userId);
  const entry = { videoId, addedAt: Date.now() };
  if (!(await library.like(caller.userId, profileOf(caller), entry)))
    throw new AppError(
      "limit_reached",
      `You can like ${LIMITS.likesPerProfile} videos. Take a like back first.`,
    );
}

export async function unlikeVideo(
  env: LibraryEnv,
  principal: Principal,
  videoId: string,
): Promise<void> {
  const caller = signedIn(principal);
  await libraryOf(env, caller.userId).unlike(caller.userId, profileOf(caller), videoId);
}

/** The videos of one of the caller's lists that the caller may still see, latest first. */
export async function readSaved(
  env: ListEnv,
  principal: Principal,
  list: SavedListName,
  { limit, cursor }: PageQuery,
): Promise<SavedVideos> {
  const caller = signedIn(principal);
  const library = libraryOf(env, caller.userId);
  const [addedAt, videoId] = cursor === undefined ? [] : decodeCursor(Cursor, cursor);
  const entries = await library.listSaved(
    profileOf(caller),
    list,
    limit,
    addedAt === undefined || videoId === undefined ? undefined : { addedAt, videoId },
  );
  const videos = await visibleVideos(env, caller, entries);
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

/** Whether the caller may see a video in a list that was put together by its id. */
export function isShownTo(caller: Principal, row: VideoRow): boolean {
  const isOwn = caller.kind === "user" && row.ownerId === caller.userId;
  return (isOwn ? row.deletedAt === null : isVisible(row)) && isWithinLimit(limitOf(caller), row);
}

/** The videos of a list that an account may see, by id. The library forgets those that were erased. */
async function visibleVideos(env: ListEnv, caller: SignedIn, entries: { videoId: string }[]) {
  const db = catalog(env);
  const rows = await findVideos(
    db,
    entries.map((entry) => entry.videoId),
  );
  await forgetGone(env, caller.userId, entries, rows);
  const shown = rows.filter((row) => isShownTo(caller, row));
  return new Map((await presentVideos(env, db, shown, caller)).map((video) => [video.id, video]));
}

/** Purging a video does not reach the libraries: its entries there are removed when they are found. */
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
  const caller = signedIn(principal);
  return libraryOf(env, caller.userId).readSettings(profileOf(caller));
}

export async function changeSettings(
  env: LibraryEnv,
  principal: Principal,
  patch: WatchSettingsPatch,
): Promise<WatchSettings> {
  const caller = signedIn(principal);
  return libraryOf(env, caller.userId).changeSettings(profileOf(caller), patch);
}
