import type { SearchQuery, SearchResult } from "../../contract/search.ts";
import type { Video } from "../../contract/video.ts";
import { catalogReplica } from "../../db/client.ts";
import { openIndex } from "../../db/search/shards.ts";
import { findVideosWithExtras } from "../../db/videos.ts";
import { encodeCursor } from "../cursor.ts";
import { isListed, presentWithExtras } from "../videos.ts";
import { corrections } from "./corrections.ts";
import { type Cursor, queryHash, readCursor } from "./cursor.ts";
import { facetsOf } from "./facets.ts";
import { bounds } from "./filters.ts";
import { findWidening, type Found, SPARE } from "./find.ts";
import { marksOf, snippet } from "./highlight.ts";
import { exactMatcher, wordMatcher } from "./matcher.ts";
import { isAfter, type Ranked, rankCandidates } from "./ranked.ts";
import { sortCandidates } from "./sorted.ts";
import { momentsOf } from "./spoken.ts";

/**
 * Answers a search. Reads the index for ids, and CATALOG for the videos themselves, so that a hidden or
 * deleted video is never shown even while the index lags.
 * @throws AppError `invalid_cursor`
 */
export async function searchVideos(env: Env, query: SearchQuery): Promise<SearchResult> {
  const { cursor: given } = query;
  const id = queryHash({ ...query, limit: undefined, cursor: undefined });
  const start: Cursor = {
    query: id,
    now: Date.now(),
    widening: 0,
    total: null,
    after: -1,
    last: null,
  };
  const cursor = given ? readCursor(given, id) : start;
  const index = await openIndex(env);
  const found = await findWidening(index, query, cursor);
  const { candidates } = found;
  const whole = found.next === null && cursor.after < 0;
  const ranked = inOrder(query, found, whole, cursor);
  const { last } = cursor;
  const rest = last === null ? ranked : ranked.filter((item) => isAfter(item, last));
  const { shown, nextCursor } = await showPage(env, rest, query, found, cursor);
  const { groups, phrases } = found.conditions;
  const words = [...groups.map(wordMatcher), ...phrases.flat().map(exactMatcher)];
  const moments =
    found.spoken && found.heard
      ? await momentsOf(
          env,
          catalogReplica(env),
          index,
          found.spoken,
          shown.map((video) => video.id),
          words,
        )
      : new Map<string, never>();
  return {
    items: shown.map((video) => ({
      video,
      highlights: {
        title: marksOf(video.title, words),
        description: snippet(video.description, words),
      },
      moments: moments.get(video.id) ?? [],
    })),
    facets: facetsOf(candidates, !whole),
    total: totalOf(cursor.total ?? found.total, candidates.length, whole, query),
    didYouMean: corrections(query.q, groups, rest[0]?.candidate ?? null),
    nextCursor,
  };
}

function inOrder(query: SearchQuery, found: Found, whole: boolean, cursor: Cursor): Ranked[] {
  const { candidates, top, conditions, complete } = found;
  if (query.sort === "relevance")
    return rankCandidates(candidates, conditions.groups, cursor.now, complete);
  return sortCandidates(whole ? candidates : top, query.sort);
}

/** Reads the page's videos and leaves out those that may not be shown. */
async function showPage(
  env: Env,
  rest: readonly Ranked[],
  query: SearchQuery,
  { next, widening, total: counted }: Found,
  cursor: Cursor,
): Promise<{ shown: Video[]; nextCursor: string | null }> {
  const asked = rest.slice(0, query.limit + SPARE);
  const found = await findVideosWithExtras(
    catalogReplica(env),
    asked.map((item) => item.candidate.id),
  );
  const listed = found.rows.filter(isListed);
  const rows = listed.slice(0, query.limit);
  const shown = await presentWithExtras(env, rows, found.extras);
  const lastShown = listed.length > query.limit ? rows.at(-1)?.id : asked.at(-1)?.candidate.id;
  const last = rest.find((item) => item.candidate.id === lastShown);
  const position = { ...cursor, widening, total: cursor.total ?? counted };
  if (last && (rest.at(-1) !== last || (query.sort !== "relevance" && next !== null)))
    return {
      shown,
      nextCursor: encodeCursor({ ...position, last: { value: last.value, id: last.candidate.id } }),
    };
  if (query.sort === "relevance" && next !== null)
    return { shown, nextCursor: encodeCursor({ ...position, after: next, last: null }) };
  return { shown, nextCursor: null };
}

/** Matches of ranges are not counted beyond those held. */
function totalOf(
  counted: Found["total"],
  held: number,
  whole: boolean,
  query: SearchQuery,
): SearchResult["total"] {
  if (whole) return { value: held, relation: "eq" };
  if (bounds(query).length > 0) return { value: held, relation: "gte" };
  return { value: counted.value, relation: counted.exact ? "eq" : "gte" };
}
