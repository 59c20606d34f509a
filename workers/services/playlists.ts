import { z } from "zod";
import { noteOwner } from "../audit-note.ts";
import type {
  Playlist,
  PlaylistCreate,
  PlaylistItem,
  PlaylistItemPut,
  PlaylistList,
  PlaylistListQuery,
  PlaylistPage,
  PlaylistPageQuery,
  PlaylistPatch,
} from "../contract/playlists.ts";
import type { Video } from "../contract/videos.ts";
import { findAccount } from "../db/accounts/accounts.ts";
import { isSuspended } from "../db/accounts/suspensions.ts";
import { type Catalog, catalog } from "../db/client.ts";
import { type LibraryEnv, libraryOf } from "../db/history.ts";
import type {
  PlaylistEntry,
  PlaylistItemEntry,
  PlaylistSummary,
} from "../db/library/playlist-store.ts";
import { joinSeries, leaveSeries } from "../db/series.ts";
import { findVideos } from "../db/videos.ts";
import { ACCESS, type Operation } from "../domain/access-rules.ts";
import { authorizeResource } from "../domain/access.ts";
import { decodeCursor, encodeCursor } from "../domain/cursor.ts";
import { AppError } from "../domain/errors.ts";
import { LIMITS } from "../domain/limits.ts";
import { newPlaylistId, accountOfPlaylist } from "../domain/playlist-id.ts";
import { type Principal, signedIn } from "../domain/principal.ts";
import { MAIN_PROFILE, profileOf } from "../domain/profiles.ts";
import { authorizedVideo } from "./authorized-video.ts";
import { forgetGone, isShownTo } from "./library.ts";
import { presentVideos } from "./present-videos.ts";

export type PlaylistEnv = Pick<Env, "CATALOG" | "PLAYBACK_TOKEN_SECRETS"> & LibraryEnv;

/** How many videos a page that starts at a video shows before it. */
const VIDEOS_BEFORE = 10;
const Cursor = z.tuple([z.int().nonnegative()]);

/**
 * @throws AppError forbidden for a series of an account that is no creator; limit_reached
 */
export async function createPlaylist(
  env: PlaylistEnv,
  principal: Principal,
  request: PlaylistCreate,
): Promise<Playlist> {
  const { userId, role } = signedIn(principal);
  if (request.kind === "series" && role === "viewer")
    throw new AppError(
      "forbidden",
      "A series can only have the creator's own videos. Create a playlist instead.",
    );
  const now = Date.now();
  const playlist = { ...request, id: newPlaylistId(userId), createdAt: now, updatedAt: now };
  if (!(await libraryOf(env, userId).createPlaylist(playlist)))
    throw new AppError(
      "limit_reached",
      `An account can have ${LIMITS.playlistsPerAccount} playlists. Delete one first.`,
    );
  const creator = await creatorOf(catalog(env), userId);
  return present({ ...playlist, videoCount: 0, firstVideoId: null }, creator, null);
}

/** The caller's own playlists, or the public ones of another account. */
export async function listPlaylists(
  env: PlaylistEnv,
  principal: Principal,
  { creator: asked, video }: PlaylistListQuery,
): Promise<PlaylistList> {
  const db = catalog(env);
  const callerId = principal.kind === "user" ? principal.userId : null;
  const ownerId = asked === "me" ? signedIn(principal).userId : asked;
  const creator = await creatorOf(db, ownerId);
  const all = await libraryOf(env, ownerId).listPlaylists(
    principal.kind === "user" ? profileOf(principal) : MAIN_PROFILE,
    video,
  );
  const isOwn = ownerId === callerId;
  const shown = all.playlists.filter(({ visibility }) => isOwn || visibility === "public");
  const firsts = await shownVideos(
    env,
    principal,
    shown.flatMap(({ firstVideoId }) => firstVideoId ?? []),
  );
  return {
    items: shown.map((each) =>
      present(each, creator, firsts.byId.get(each.firstVideoId ?? "") ?? null),
    ),
    having: isOwn ? all.having : [],
    inWatchlist: isOwn && all.inWatchlist,
  };
}

/** A playlist with a page of the videos that the caller may see. @throws AppError not_found */
export async function readPlaylist(
  env: PlaylistEnv,
  principal: Principal,
  id: string,
  { limit, cursor, at }: PlaylistPageQuery,
): Promise<PlaylistPage> {
  const { playlist, items, creator, ownerId } = await openForReading(env, principal, id);
  const found = items.findIndex((item) => item.videoId === at);
  const start = cursor ? decodeCursor(Cursor, cursor)[0] : Math.max(0, found - VIDEOS_BEFORE);
  const entries = items.slice(start, start + limit);
  const callerId = principal.kind === "user" ? principal.userId : null;
  const first = items[0]?.videoId ?? null;
  const videos = await shownVideos(env, principal, [
    ...entries.map(({ videoId }) => videoId),
    ...(first === null ? [] : [first]),
  ]);
  if (callerId === ownerId) await forgetGone(env, ownerId, entries, videos.rows);
  return {
    ...present(
      { ...playlist, videoCount: items.length, firstVideoId: first },
      creator,
      videos.byId.get(first ?? "") ?? null,
    ),
    items: entries.flatMap((entry) => presentItem(entry, videos.byId)),
    nextCursor: start + limit < items.length ? encodeCursor([start + limit]) : null,
  };
}

/** Ids of the videos of a playlist that the caller may see, in order. @throws AppError not_found */
export async function playlistVideoIds(
  env: PlaylistEnv,
  principal: Principal,
  id: string,
): Promise<string[]> {
  const { items } = await openForReading(env, principal, id);
  return items.map(({ videoId }) => videoId);
}

/** The videos of a playlist of the caller, and whose it is. @throws AppError not_found, forbidden */
export async function ownPlaylistVideoIds(
  env: PlaylistEnv,
  principal: Principal,
  id: string,
): Promise<{ ownerId: string; videoIds: string[] }> {
  const { ownerId } = await authorizedPlaylist(env, principal, "playlists.analytics", id);
  const opened = await libraryOf(env, ownerId).openPlaylist(id);
  return { ownerId, videoIds: opened?.items.map(({ videoId }) => videoId) ?? [] };
}

async function openForReading(env: PlaylistEnv, principal: Principal, id: string) {
  const ownerId = accountOfPlaylist(id);
  // An account that does not exist has no object, and asking for one must not create it.
  const creator = await creatorOf(catalog(env), ownerId);
  const opened = await libraryOf(env, ownerId).openPlaylist(id);
  authorizePlaylist(principal, "playlists.get", id, opened?.playlist ?? null);
  return { ...opened!, creator, ownerId };
}

/** @throws AppError not_found, forbidden */
export async function updatePlaylist(
  env: PlaylistEnv,
  principal: Principal,
  id: string,
  patch: PlaylistPatch,
): Promise<void> {
  const { ownerId } = await authorizedPlaylist(env, principal, "playlists.update", id);
  await libraryOf(env, ownerId).updatePlaylist(id, patch, Date.now());
}

/** @throws AppError not_found, forbidden */
export async function deletePlaylist(
  env: PlaylistEnv,
  principal: Principal,
  id: string,
): Promise<void> {
  const { ownerId, kind } = await authorizedPlaylist(env, principal, "playlists.delete", id);
  const library = libraryOf(env, ownerId);
  if (kind === "series") {
    const opened = await library.openPlaylist(id);
    const videoIds = opened?.items.map(({ videoId }) => videoId) ?? [];
    await leaveSeries(catalog(env), id, videoIds);
  }
  await library.deletePlaylist(id);
}

/**
 * Adds a video to a playlist, or moves it. A series takes the creator's own videos, each of which is in one series at most.
 * @throws AppError not_found, forbidden, limit_reached, conflict
 */
export async function putPlaylistVideo(
  env: PlaylistEnv,
  principal: Principal,
  { id, videoId }: { id: string; videoId: string },
  place: PlaylistItemPut,
): Promise<void> {
  const db = catalog(env);
  const { ownerId, kind } = await authorizedPlaylist(env, principal, "playlists.put-video", id);
  const video = await authorizedVideo(db, principal, "videos.get", videoId);
  if (kind === "series" && video.ownerId !== ownerId)
    throw new AppError("conflict", "A series can only have the creator's own videos.");
  if (kind === "series" && video.seriesId !== null && video.seriesId !== id)
    throw new AppError("conflict", "This video is in another series. Remove it there first.");
  if (!(await libraryOf(env, ownerId).putPlaylistItem(id, { videoId, ...place }, Date.now())))
    throw new AppError(
      "limit_reached",
      `A playlist has at most ${LIMITS.videosPerPlaylist} videos. Remove one first.`,
    );
  if (kind === "series" && video.seriesId === null) await joinSeries(db, id, videoId);
}

/** @throws AppError not_found, forbidden */
export async function removePlaylistVideo(
  env: PlaylistEnv,
  principal: Principal,
  { id, videoId }: { id: string; videoId: string },
): Promise<void> {
  const playlist = await authorizedPlaylist(env, principal, "playlists.remove-video", id);
  if (playlist.kind === "series") await leaveSeries(catalog(env), id, [videoId]);
  await libraryOf(env, playlist.ownerId).removePlaylistItem(id, videoId, Date.now());
}

function authorizePlaylist(
  principal: Principal,
  operation: Operation,
  id: string,
  playlist: PlaylistEntry | null,
): void {
  const visible = playlist?.visibility !== "private";
  const resource = playlist && { ownerId: accountOfPlaylist(id), visible };
  authorizeResource(principal, operation, resource, "playlist");
  if (ACCESS[operation].resource === "own") noteOwner(resource.ownerId);
}

async function authorizedPlaylist(
  env: PlaylistEnv,
  principal: Principal,
  operation: Operation,
  id: string,
): Promise<PlaylistEntry & { ownerId: string }> {
  const ownerId = accountOfPlaylist(id);
  const isOwn = principal.kind === "user" && principal.userId === ownerId;
  if (!isOwn) await creatorOf(catalog(env), ownerId);
  const playlist = await libraryOf(env, ownerId).getPlaylist(id);
  authorizePlaylist(principal, operation, id, playlist);
  return { ...playlist!, ownerId };
}

/** The name of an account, as shown to others. @throws AppError not_found, also for a suspended account */
async function creatorOf(db: Catalog, userId: string): Promise<Playlist["creator"]> {
  const [account, hidden] = await Promise.all([findAccount(db, userId), isSuspended(db, userId)]);
  if (!account || hidden) throw new AppError("not_found", "This playlist does not exist.");
  return { id: userId, name: account.name };
}

async function shownVideos(env: PlaylistEnv, caller: Principal, ids: readonly string[]) {
  const db = catalog(env);
  const rows = await findVideos(db, [...new Set(ids)]);
  const shown = rows.filter((row) => isShownTo(caller, row));
  const videos = await presentVideos(env, db, shown, caller);
  return { rows, byId: new Map(videos.map((video) => [video.id, video])) };
}

function presentItem(
  { videoId, season, episode }: PlaylistItemEntry,
  videos: ReadonlyMap<string, Video>,
): PlaylistItem[] {
  const video = videos.get(videoId);
  return video ? [{ video, season, episode }] : [];
}

function present(
  { id, kind, title, description, visibility, videoCount, ...row }: PlaylistSummary,
  creator: Playlist["creator"],
  first: Video | null,
): Playlist {
  return {
    ...{ id, kind, title, description, visibility, creator, videoCount },
    poster: first?.poster ?? null,
    createdAt: new Date(row.createdAt).toISOString(),
    updatedAt: new Date(row.updatedAt).toISOString(),
  };
}
