import type { MaturityLimit } from "../../contract/maturity-ratings.ts";
import type { SearchQuery, SearchResult } from "../../contract/search.ts";
import type { Video } from "../../contract/videos.ts";
import { catalogReplica } from "../../db/client.ts";
import type { SearchCandidate } from "../../db/search/candidate-rows.ts";
import { openIndex } from "../../db/search/shards.ts";
import { findVideosWithExtras } from "../../db/video-extras.ts";
import { encodeCursor } from "../../domain/cursor.ts";
import { type Cursor, queryHash, readCursor } from "../../domain/search/cursor.ts";
import { isWithinLimit } from "../../domain/maturity.ts";
import { columnRanges } from "../../domain/search/filters.ts";
import { marksOf, snippet } from "../../domain/search/highlight.ts";
import { exactMatcher, wordMatcher } from "../../domain/search/matcher.ts";
import type { Moment } from "../../domain/search/moments.ts";
import { correctedQuery } from "../../domain/search/spelling-correction.ts";
import { indexWords } from "../../domain/search/text.ts";
import { isListed } from "../../domain/videos.ts";
import { presentWithExtras } from "../present-videos.ts";
import { facetsOf } from "./facets.ts";
import {
  findWithRelaxation,
  isInBody,
  type LimitedQuery,
  type SearchMatches,
  SPARE_CANDIDATES,
} from "./find.ts";
import { findMoments } from "./moments.ts";
import { isAfter, positionOf, rankCandidates, type RankedCandidate } from "./ranked.ts";
import { sortTop, sortWhole } from "./sorted.ts";

/**
 * Answers a search. The index yields ids and CATALOG the videos themselves, so a hidden or deleted video is never shown,
 * even while the index lags.
 * @param maturityLimit of the caller; null for none
 * @throws AppError `invalid_cursor`
 */
export async function searchVideos(
  env: Env,
  asked: SearchQuery,
  maturityLimit: MaturityLimit | null,
): Promise<SearchResult> {
  const query: LimitedQuery = { ...asked, maturityLimit };
  const { cursor: given } = query;
  const id = queryHash({
    ...query,
    limit: undefined,
    cursor: undefined,
    maturityLimit: maturityLimit ?? undefined,
  });
  const start: Cursor = {
    query: id,
    now: Date.now(),
    relaxation: 0,
    frequencies: [],
    total: null,
    after: -1,
    last: null,
  };
  const cursor = given ? readCursor(given, id) : start;
  const index = await openIndex(env);
  const matches = await findWithRelaxation(index, query, cursor);
  const isWhole = matches.next === null && cursor.after < 0;
  const ranked = inOrder(query, matches, isWhole, cursor);
  const { last } = cursor;
  const rest = last ? ranked.filter((item) => isAfter(item, last)) : ranked;
  const pageCandidates = rest
    .slice(0, query.limit + SPARE_CANDIDATES)
    .map((item) => item.candidate);
  const { groups, phrases } = matches.conditions;
  const words = [...groups.map(wordMatcher), ...phrases.flat().map(exactMatcher)];
  const [page, moments] = await Promise.all([
    readPage(env, pageCandidates, query),
    matches.captionMatch && matches.hasCaptionMatches
      ? findMoments(env, index, matches.captionMatch, pageCandidates, words, phrases)
      : new Map<string, Moment[]>(),
  ]);
  const candidates = matches.candidates.filter((candidate) => !page.hidden.has(candidate.id));
  const total = cursor.total ?? totalOf(matches, candidates, isWhole, query);
  const [best] = page.videos;
  // The index may still have captions of a video whose last caption track was just removed.
  const momentsFor = (video: Video): Moment[] =>
    video.captionLanguages.length > 0 ? (moments.get(video.id) ?? []) : [];
  return {
    items: page.videos.map((video) => ({
      video,
      highlights: {
        title: marksOf(video.title, words),
        description: snippet(video.description, words),
      },
      moments: momentsFor(video),
    })),
    facets: facetsOf(candidates, !isWhole || !matches.total.exact),
    total: { value: total.value, relation: total.exact ? "eq" : "gte" },
    didYouMean:
      best && !given && groups.some((group) => group.spellingsAdded)
        ? correctedQuery(query.q, groups, wordsOf(best, momentsFor(best)))
        : null,
    nextCursor: nextCursor(rest, page, query, matches, { ...cursor, total }),
  };
}

function inOrder(
  query: LimitedQuery,
  matches: SearchMatches,
  isWhole: boolean,
  cursor: Cursor,
): RankedCandidate[] {
  const { candidates, top, conditions, key, complete } = matches;
  if (query.sort === "relevance") {
    const groups = conditions.groups.map((group, i) => ({
      ...group,
      df: cursor.frequencies[i] ?? group.df,
    }));
    return rankCandidates(candidates, { ...conditions, groups, key }, cursor.now, complete);
  }
  return isWhole ? sortWhole(candidates, query.sort) : sortTop(top, query.sort, cursor);
}

interface ResultPage {
  videos: Video[];
  /** Ids of candidates whose videos must not be shown. */
  hidden: Set<string>;
  /** Id of the last candidate on this page, whether shown or hidden. */
  last: string | undefined;
}

/** Reads the candidates' videos and leaves out those that must not be shown. */
async function readPage(
  env: Env,
  candidates: readonly SearchCandidate[],
  { limit, maturityLimit }: Pick<LimitedQuery, "limit" | "maturityLimit">,
): Promise<ResultPage> {
  const ids = candidates.map((candidate) => candidate.id);
  const found = await findVideosWithExtras(catalogReplica(env), ids);
  const listed = found.rows.filter((row) => isListed(row) && isWithinLimit(maturityLimit, row));
  const rows = listed.slice(0, limit);
  const listedIds = new Set(listed.map((row) => row.id));
  return {
    videos: await presentWithExtras(env, rows, found.extras),
    hidden: new Set(ids.filter((id) => !listedIds.has(id))),
    last: listed.length > limit ? rows.at(-1)?.id : ids.at(-1),
  };
}

/** @param cursor of this page, with the total */
function nextCursor(
  rest: readonly RankedCandidate[],
  page: ResultPage,
  query: LimitedQuery,
  { next, relaxation, conditions }: SearchMatches,
  cursor: Cursor,
): string | null {
  const frequencies =
    cursor.frequencies.length > 0 ? cursor.frequencies : conditions.groups.map((group) => group.df);
  const position = { ...cursor, relaxation, frequencies };
  const isSorted = query.sort !== "relevance";
  // The top of a large result has no more candidates than a page needs.
  const isCut = isSorted && next !== null && rest.length >= query.limit + SPARE_CANDIDATES;
  const last = rest.find((item) => item.candidate.id === page.last);
  if (last && (rest.at(-1) !== last || isCut))
    return encodeCursor({ ...position, last: positionOf(last) });
  return isSorted || next === null ? null : encodeCursor({ ...position, after: next, last: null });
}

/** The index knows ranges only approximately, so with ranges only the candidates that were read are counted. */
function totalOf(
  { total }: SearchMatches,
  candidates: readonly SearchCandidate[],
  isWhole: boolean,
  query: LimitedQuery,
): SearchMatches["total"] {
  if (isWhole) return { value: candidates.length, exact: total.exact };
  return columnRanges(query).length > 0
    ? { value: candidates.filter(isInBody).length, exact: false }
    : total;
}

/** The words of a result. */
function wordsOf(video: Video, moments: readonly Moment[]): Set<string> {
  return new Set(
    [
      video.title,
      video.description,
      video.creator.name,
      ...video.people,
      ...video.tags,
      ...moments.map((moment) => moment.text),
    ].flatMap(indexWords),
  );
}
