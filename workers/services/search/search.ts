import type { SearchQuery, SearchResult } from "../../contract/search.ts";
import type { Video } from "../../contract/videos.ts";
import { catalogReplica } from "../../db/client.ts";
import type { Candidate } from "../../db/search/candidate-rows.ts";
import { openIndex } from "../../db/search/shards.ts";
import { findVideosWithExtras } from "../../db/video-extras.ts";
import { encodeCursor } from "../../domain/cursor.ts";
import { isListed } from "../../domain/videos.ts";
import { presentWithExtras } from "../present-videos.ts";
import { corrections } from "../../domain/search/corrections.ts";
import { type Cursor, queryHash, readCursor } from "../../domain/search/cursor.ts";
import { facetsOf } from "./facets.ts";
import { bounds } from "../../domain/search/filters.ts";
import { findRelaxing, type Found, isInBody, SPARE } from "./find.ts";
import { marksOf, snippet } from "../../domain/search/highlight.ts";
import { exactMatcher, wordMatcher } from "../../domain/search/matcher.ts";
import { isAfter, placeOf, type Ranked, rankCandidates } from "./ranked.ts";
import { sortTop, sortWhole } from "./sorted.ts";
import { type Moment, momentsOf } from "./spoken.ts";
import { indexWords } from "../../domain/search/text.ts";

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
    relaxation: 0,
    dfs: [],
    total: null,
    after: -1,
    last: null,
  };
  const cursor = given ? readCursor(given, id) : start;
  const index = await openIndex(env);
  const found = await findRelaxing(index, query, cursor);
  const whole = found.next === null && cursor.after < 0;
  const ranked = inOrder(query, found, whole, cursor);
  const { last } = cursor;
  const rest = last ? ranked.filter((item) => isAfter(item, last)) : ranked;
  const asked = rest.slice(0, query.limit + SPARE).map((item) => item.candidate);
  const { groups, phrases } = found.conditions;
  const words = [...groups.map(wordMatcher), ...phrases.flat().map(exactMatcher)];
  const [page, moments] = await Promise.all([
    readPage(env, asked, query.limit),
    found.spoken && found.heard
      ? momentsOf(env, index, found.spoken, asked, words, phrases)
      : new Map<string, Moment[]>(),
  ]);
  const candidates = found.candidates.filter((candidate) => !page.refused.has(candidate.id));
  const total = cursor.total ?? totalOf(found, candidates, whole, query);
  const [best] = page.shown;
  // Of captions that have all been taken away, the index may know for a moment longer.
  const momentsFor = (video: Video): Moment[] =>
    video.captionLanguages.length > 0 ? (moments.get(video.id) ?? []) : [];
  return {
    items: page.shown.map((video) => ({
      video,
      highlights: {
        title: marksOf(video.title, words),
        description: snippet(video.description, words),
      },
      moments: momentsFor(video),
    })),
    facets: facetsOf(candidates, !whole || !found.total.exact),
    total: { value: total.value, relation: total.exact ? "eq" : "gte" },
    didYouMean:
      best && !given && groups.some((group) => group.spellingsAdded)
        ? corrections(query.q, groups, wordsOf(best, momentsFor(best)))
        : null,
    nextCursor: nextCursor(rest, page, query, found, { ...cursor, total }),
  };
}

function inOrder(query: SearchQuery, found: Found, whole: boolean, cursor: Cursor): Ranked[] {
  const { candidates, top, conditions, key, complete } = found;
  if (query.sort === "relevance") {
    const groups = conditions.groups.map((group, i) => ({
      ...group,
      df: cursor.dfs[i] ?? group.df,
    }));
    return rankCandidates(candidates, { ...conditions, groups, key }, cursor.now, complete);
  }
  return whole ? sortWhole(candidates, query.sort) : sortTop(top, query.sort, cursor);
}

interface Page {
  shown: Video[];
  /** Ids of videos that may not be shown. */
  refused: Set<string>;
  /** Id of the last candidate that this page has dealt with. */
  last: string | undefined;
}

/** Reads the candidates' videos and leaves out those that may not be shown. */
async function readPage(env: Env, candidates: readonly Candidate[], limit: number): Promise<Page> {
  const ids = candidates.map((candidate) => candidate.id);
  const found = await findVideosWithExtras(catalogReplica(env), ids);
  const listed = found.rows.filter(isListed);
  const rows = listed.slice(0, limit);
  const kept = new Set(listed.map((row) => row.id));
  return {
    shown: await presentWithExtras(env, rows, found.extras),
    refused: new Set(ids.filter((id) => !kept.has(id))),
    last: listed.length > limit ? rows.at(-1)?.id : ids.at(-1),
  };
}

/** @param cursor of this page, with the total */
function nextCursor(
  rest: readonly Ranked[],
  page: Page,
  query: SearchQuery,
  { next, relaxation, conditions }: Found,
  cursor: Cursor,
): string | null {
  const dfs = cursor.dfs.length > 0 ? cursor.dfs : conditions.groups.map((group) => group.df);
  const position = { ...cursor, relaxation, dfs };
  const isSorted = query.sort !== "relevance";
  // The top of a large result is cut at what is needed for a page.
  const isCut = isSorted && next !== null && rest.length >= query.limit + SPARE;
  const last = rest.find((item) => item.candidate.id === page.last);
  if (last && (rest.at(-1) !== last || isCut))
    return encodeCursor({ ...position, last: placeOf(last) });
  return isSorted || next === null ? null : encodeCursor({ ...position, after: next, last: null });
}

/** Matches of ranges are not counted beyond those held, since the index knows them nearly. */
function totalOf(
  { total }: Found,
  candidates: readonly Candidate[],
  whole: boolean,
  query: SearchQuery,
): Found["total"] {
  if (whole) return { value: candidates.length, exact: total.exact };
  return bounds(query).length > 0
    ? { value: candidates.filter(isInBody).length, exact: false }
    : total;
}

/** The words of a result. */
const wordsOf = (video: Video, moments: readonly Moment[]): Set<string> =>
  new Set(
    [
      video.title,
      video.description,
      video.creator.name,
      ...video.people,
      ...video.tags,
      ...moments.map((moment) => moment.text),
    ].flatMap(indexWords),
  );
