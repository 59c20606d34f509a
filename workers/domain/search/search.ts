import type { SearchQuery, SearchResult } from "../../contract/search.ts";
import type { Video } from "../../contract/video.ts";
import { catalogReplica } from "../../db/client.ts";
import { type CandidateSet, findCandidates } from "../../db/search/candidates.ts";
import {
  anyMatch,
  bodyMatch,
  type Conditions,
  headMatch,
  mostMatch,
  rowMatch,
  titleMatch,
} from "../../db/search/match.ts";
import { openIndex, type SearchIndex } from "../../db/search/shards.ts";
import { findVideos } from "../../db/videos.ts";
import { encodeCursor } from "../cursor.ts";
import { isListed, presentVideos } from "../videos.ts";
import { type Cursor, queryHash, readCursor } from "./cursor.ts";
import { corrections } from "./corrections.ts";
import { facetsOf } from "./facets.ts";
import { filterGroups, matchesFilters } from "./filters.ts";
import { marksOf, snippet } from "./highlight.ts";
import { addSpellings, interpret, mayBeMisspelt } from "./interpret.ts";
import { wordMatcher } from "./matcher.ts";
import { parseQuery } from "./query.ts";
import { isAfter, type Ranked, rankCandidates } from "./ranked.ts";
import { sortCandidates, topOfResult } from "./sorted.ts";
import { squash } from "./text.ts";

/** Beside a page's items, in case some have just been hidden or deleted. */
const SPARE = 8;

/** How a search is widened while it finds nothing. */
const WIDENINGS = ["typed", "respelled", "most", "any"] as const;

interface Found extends CandidateSet {
  conditions: Conditions;
  match: string;
  widening: number;
}

/**
 * Answers a search. Reads the index for ids, and CATALOG for the videos themselves, so that a hidden or
 * deleted video is never shown even while the index lags.
 * @throws AppError `invalid_cursor`
 */
export async function searchVideos(env: Env, query: SearchQuery): Promise<SearchResult> {
  const { cursor: given } = query;
  const id = queryHash({ ...query, limit: undefined, cursor: undefined });
  const start: Cursor = { query: id, now: Date.now(), widening: 0, after: -1, last: null };
  const cursor = given ? readCursor(given, id) : start;
  const index = await openIndex(env);
  const found = await widen(index, query, cursor);
  const { candidates } = found;
  const whole = found.next === null && cursor.after < 0;
  const ranked = await inOrder(index, query, found, candidates, whole, cursor);
  const { last } = cursor;
  const rest = last === null ? ranked : ranked.filter((item) => isAfter(item, last));
  const { shown, nextCursor } = await showPage(env, rest, query, found, cursor);
  const { groups } = found.conditions;
  const words = groups.map(wordMatcher);
  return {
    items: shown.map((video) => ({
      video,
      highlights: {
        title: marksOf(video.title, words),
        description: snippet(video.description, words),
      },
      moments: [],
    })),
    facets: facetsOf(candidates, !whole),
    total: totalOf(found, candidates.length, whole, query),
    didYouMean: corrections(query.q, groups, rest[0]?.candidate ?? null),
    nextCursor,
  };
}

/** Tries the words as typed, then likelier spellings, then most words, then any, until something is found. */
async function widen(index: SearchIndex, query: SearchQuery, cursor: Cursor): Promise<Found> {
  const parsed = parseQuery(query.q);
  const { phrases, excluded } = parsed;
  let groups = await interpret(index, parsed);
  for (let widening = cursor.widening; ; widening++) {
    if (widening > 0) groups = await addSpellings(index, groups, mayBeMisspelt);
    const conditions: Conditions = { groups, phrases, excluded, filters: filterGroups(query) };
    const match = bodyExpression(conditions, widening);
    const found = await findCandidates(index, {
      match: { body: match, ...headExpressions(conditions, widening) },
      key: phrases.length + excluded.length === 0 ? squash(query.q) : null,
      after: cursor.after,
    });
    const canWiden =
      widening < WIDENINGS.length - 1 &&
      groups.length > 0 &&
      cursor.last === null &&
      cursor.after < 0;
    const candidates = found.candidates.filter((candidate) => matchesFilters(candidate, query));
    if (candidates.length > 0 || !canWiden)
      return { ...found, candidates, conditions, match, widening };
  }
}

function bodyExpression(conditions: Conditions, widening: number): string {
  const several = conditions.groups.filter((group) => !group.optional).length > 1;
  if (WIDENINGS[widening] === "most" && several) return mostMatch(conditions);
  if (WIDENINGS[widening] === "any" && several) return anyMatch(conditions);
  return bodyMatch(conditions);
}

/** The narrower lists, in which the best matches stand even when the body has too many. */
function headExpressions(
  conditions: Conditions,
  widening: number,
): { title?: string; head?: string; row?: string } {
  const { groups, phrases, excluded } = conditions;
  // The head knows nothing of the description, so it cannot tell what phrases and exclusions forbid.
  if (groups.length === 0 || phrases.length + excluded.length > 0) return {};
  const title = titleMatch(conditions);
  const head = headMatch(conditions);
  const row = widening === 0 && groups.length > 2 ? { row: rowMatch(conditions) } : {};
  return { title, head, ...row };
}

async function inOrder(
  index: SearchIndex,
  query: SearchQuery,
  found: Found,
  candidates: Found["candidates"],
  whole: boolean,
  cursor: Cursor,
): Promise<Ranked[]> {
  if (query.sort === "relevance") {
    const complete = WIDENINGS[found.widening] !== "most" && WIDENINGS[found.widening] !== "any";
    return rankCandidates(candidates, found.conditions.groups, cursor.now, complete);
  }
  if (whole) return sortCandidates(candidates, query.sort);
  const top = await topOfResult(
    index,
    found.match,
    query.sort,
    cursor.last?.value ?? Infinity,
    query.limit + SPARE,
  );
  return top.filter(({ candidate }) => matchesFilters(candidate, query));
}

/** Reads the page's videos and leaves out those that may not be shown. */
async function showPage(
  env: Env,
  rest: readonly Ranked[],
  query: SearchQuery,
  found: Found,
  cursor: Cursor,
): Promise<{ shown: Video[]; nextCursor: string | null }> {
  const catalog = catalogReplica(env);
  const asked = rest.slice(0, query.limit + SPARE);
  const listed = (
    await findVideos(
      catalog,
      asked.map((item) => item.candidate.id),
    )
  ).filter(isListed);
  const rows = listed.slice(0, query.limit);
  const shown = await presentVideos(env, catalog, rows);
  const lastShown = listed.length > query.limit ? rows.at(-1)?.id : asked.at(-1)?.candidate.id;
  const last = rest.find((item) => item.candidate.id === lastShown);
  const position = { ...cursor, widening: found.widening };
  if (last && (rest.at(-1) !== last || (query.sort !== "relevance" && found.next !== null)))
    return {
      shown,
      nextCursor: encodeCursor({ ...position, last: { value: last.value, id: last.candidate.id } }),
    };
  if (query.sort === "relevance" && found.next !== null)
    return { shown, nextCursor: encodeCursor({ ...position, after: found.next, last: null }) };
  return { shown, nextCursor: null };
}

/** Ranges are covered a little too widely in the index, so a count by the index alone is then not trusted. */
function totalOf(
  found: Found,
  held: number,
  whole: boolean,
  query: SearchQuery,
): SearchResult["total"] {
  if (whole) return { value: held, relation: "eq" };
  const ranges = [
    query.minDuration,
    query.maxDuration,
    query.publishedAfter,
    query.publishedBefore,
    query.minHeight,
  ];
  if (ranges.some((bound) => bound !== undefined)) return { value: held, relation: "gte" };
  return { value: found.total.value, relation: found.total.exact ? "eq" : "gte" };
}
