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
import { isWithinLimit, limitOf } from "../domain/maturity.ts";
import { type Principal, type SignedIn, signedIn } from "../domain/principal.ts";
import { MAIN_PROFILE, profileOf } from "../domain/profiles.ts";
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
  const caller = signedIn(principal);
  const entry = { videoId, addedAt: Date.now() };
  if (!(await libraryOf(env, caller.userId).addSaved(profileOf(caller), "watchlist", entry)))
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
  await libraryOf(env, caller.userId).removeSaved(profileOf(caller), "watchlist", videoId);
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
  const caller = signedIn(principal);
  const [library, profileId] = [libraryOf(env, caller.userId), profileOf(caller)];
  if (!(await library.addSaved(profileId, "likes", { videoId, addedAt: Date.now() })))
    throw new AppError(
      "limit_reached",
      `You can like ${LIMITS.likesPerProfile} videos. Take a like back first.`,
    );
  const who = await hashProfile(env, caller.userId, profileId);
  const counter = viewCounterOf(env, videoId);
  await counter.addLike({ videoId, who });
  if (!(await library.hasSaved(profileId, "likes", videoId)))
    await counter.removeLikes([{ videoId, who }]);
}

/** Takes a like back: first from the counter, since the library knows which counters have one. */
export async function unlikeVideo(
  env: LikeEnv,
  principal: Principal,
  videoId: string,
): Promise<void> {
  const caller = signedIn(principal);
  const who = await hashProfile(env, caller.userId, profileOf(caller));
  await viewCounterOf(env, videoId).removeLikes([{ videoId, who }]);
  await libraryOf(env, caller.userId).removeSaved(profileOf(caller), "likes", videoId);
}

/** As whom the counter of a video knows somebody who likes it: each profile of an account for itself. */
function hashProfile(
  env: Pick<Env, "BETTER_AUTH_SECRET">,
  userId: string,
  profileId: string,
): Promise<string> {
  const who = profileId === MAIN_PROFILE ? userId : `${userId}/${profileId}`;
  return hashAccount(env.BETTER_AUTH_SECRET, who);
}

/** Takes back all likes of a profile that is deleted: one call per counter. */
export async function unlikeAll(
  env: Pick<Env, "BETTER_AUTH_SECRET"> & LibraryEnv & ViewCounterEnv,
  userId: string,
  profileId: string,
): Promise<void> {
  const likes = await libraryOf(env, userId).listSaved(profileId, "likes", LIMITS.likesPerProfile);
  const who = await hashProfile(env, userId, profileId);
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
