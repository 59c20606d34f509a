import { z } from "zod";
import { OWN_FILTERS, type VideoListQuery } from "../contract/video-list.ts";
import { OWN_SORTS, type VideoSort } from "../contract/video-sorts.ts";
import type { VideoPage } from "../contract/videos.ts";
import { type Catalog, catalog, catalogReplica } from "../db/client.ts";
import type { LibraryEnv } from "../db/history.ts";
import {
  listTitles,
  listVideos,
  type Position,
  positionOf,
  type VideoFilter,
} from "../db/video-list.ts";
import { findVideos, type VideoRow } from "../db/videos.ts";
import { decodeCursor, encodeCursor } from "../domain/cursor.ts";
import { AppError } from "../domain/errors.ts";
import { limitOf } from "../domain/maturity.ts";
import { type Principal, signedIn } from "../domain/principal.ts";
import { wordTest } from "../domain/title-words.ts";
import { playlistVideoIds } from "./playlists.ts";
import { presentVideos } from "./present-videos.ts";

type ListEnv = Pick<Env, "CATALOG" | "PLAYBACK_TOKEN_SECRETS"> & LibraryEnv;

const Cursor = z.tuple([
  z.enum(["public", "own"]),
  z.string(),
  z.union([z.string(), z.number()]),
  z.string(),
]);

/**
 * A page of listed videos, or with `creator=me` of all videos of the caller.
 * @throws AppError unauthenticated, invalid_cursor, invalid_request for what only a list of one's own has, not_found for a
 * playlist
 */
export async function browseVideos(
  env: ListEnv,
  principal: Principal,
  query: VideoListQuery,
): Promise<VideoPage> {
  const { limit, cursor, creator, sort, state, visibility, category } = query;
  const me = creator === "me" ? signedIn(principal).userId : null;
  if (me === null) refuseOwnOnly(query);
  const scope: VideoFilter["scope"] = me === null ? "public" : "own";
  const filter: VideoFilter = {
    ...{ scope, state, visibility, category },
    ownerId: me ?? creator,
    maturityLimit: limitOf(principal),
    ...(me === null ? {} : await ownFilter(env, principal, query)),
  };
  // Creators must see their own changes at once; public lists may lag by a moment.
  const db = scope === "own" ? catalog(env) : catalogReplica(env);
  const after = cursor === undefined ? null : positionIn(scope, sort, cursor);
  const rows = query.q
    ? await findByWords(db, filter, sort, after, { words: query.q, limit: limit + 1 })
    : await listVideos(db, filter, sort, after, limit + 1);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const nextCursor =
    rows.length > limit && last
      ? encodeCursor([scope, sort, ...positionOf(last, scope, sort)])
      : null;
  return { items: await presentVideos(env, db, items, principal), nextCursor };
}

function positionIn(scope: VideoFilter["scope"], sort: VideoSort, cursor: string): Position {
  const [ofScope, ofSort, value, id] = decodeCursor(Cursor, cursor);
  if (ofScope !== scope || ofSort !== sort)
    throw new AppError("invalid_cursor", "This cursor belongs to a list with another sort order.");
  return [value, id];
}

/** Public lists have neither indexes for these, nor would anybody be served by them. */
function refuseOwnOnly(query: VideoListQuery): void {
  const filters = OWN_FILTERS.filter((name) => query[name] !== undefined);
  const isOwnSort = OWN_SORTS.some((sort) => sort === query.sort);
  const names = [...filters, ...(isOwnSort ? ["sort"] : [])];
  if (names.length === 0) return;
  throw new AppError(
    "invalid_request",
    "Only a list of your own videos can be filtered or sorted like this: add creator=me, or use search.",
    { fields: names.map((name) => ({ path: `query.${name}`, message: "only with creator=me" })) },
  );
}

/** The filters that only a list of one's own has. */
async function ownFilter(
  env: ListEnv,
  principal: Principal,
  { createdAfter, createdBefore, playlist, problems }: VideoListQuery,
): Promise<Partial<VideoFilter>> {
  const time = (iso: string | undefined) => (iso === undefined ? undefined : Date.parse(iso));
  return {
    created: [time(createdAfter), time(createdBefore)],
    hasProblem: problems !== undefined,
    ...(playlist !== undefined && { ids: await playlistVideoIds(env, principal, playlist) }),
  };
}

/** Rows of the first read of a search by words, per row of the page. Each later read has four times as many. */
const FIRST_READ_FACTOR = 5;
const MAX_TITLES_PER_READ = 2_000;

/**
 * The next videos of an account whose titles and tags have these words. They are compared here rather than by SQLite, which
 * knows case for ASCII only and no accents. An account has at most `LIMITS.videosPerAccount` videos, so this ends after a
 * few reads.
 */
async function findByWords(
  db: Catalog,
  filter: VideoFilter,
  sort: VideoSort,
  after: Position | null,
  { words, limit }: { words: string; limit: number },
): Promise<VideoRow[]> {
  const hasWords = wordTest(words);
  const found: string[] = [];
  let position = after;
  for (let size = limit * FIRST_READ_FACTOR; ; size = Math.min(size * 4, MAX_TITLES_PER_READ)) {
    const rows = await listTitles(db, filter, sort, position, size);
    for (const { id, title, tags } of rows) if (hasWords([title, ...tags])) found.push(id);
    const last = rows.at(-1);
    if (found.length >= limit || rows.length < size || !last) break;
    position = positionOf(last, filter.scope, sort);
  }
  return findVideos(db, found.slice(0, limit));
}
