import type { MaturityLimit } from "../../contract/maturity-ratings.ts";
import type { SearchQuery } from "../../contract/search.ts";
import type { SearchCandidate } from "../../db/search/candidate-rows.ts";
import {
  type CandidateQuery,
  MAX_WHOLE_RESULT,
  SOURCES,
} from "../../db/search/candidate-statement.ts";
import { type CandidateSet, findCandidates } from "../../db/search/candidates.ts";
import {
  anyMatch,
  bodyMatch,
  type Conditions,
  cueMatch,
  exclusionMatch,
  filterMatches,
  headMatch,
  isCovered,
  mostMatch,
  sequenceMatch,
  withoutNumbersMatch,
} from "../../db/search/match.ts";
import type { SearchIndex } from "../../db/search/shards.ts";
import { type Cursor, RELAXATIONS } from "../../domain/search/cursor.ts";
import {
  columnRanges,
  exactFilter,
  filterTokenGroups,
  rangeTokenGroups,
} from "../../domain/search/filters.ts";
import { MATCH_QUALITY } from "../../domain/ranking.ts";
import { type ParsedQuery, parseQuery } from "../../domain/search/query.ts";
import { sharesWordBreaks, titleKey, titleKeys } from "../../domain/search/text.ts";
import type { WordGroup } from "../../domain/search/word-group.ts";
import { addSpellings, eachPair, interpret, mayBeMisspelt } from "./interpret.ts";
import { rankCandidates } from "./ranked.ts";
import { topQueryFor } from "./sorted.ts";

/** Candidates read in addition to a page's items, in case some videos have just been hidden or deleted. */
export const SPARE_CANDIDATES = 4;

/** Matches are counted exactly up to here. */
const MAX_EXACT_COUNT = 1000;

/** A caller's search, limited to what they may see. */
export interface LimitedQuery extends SearchQuery {
  maturityLimit: MaturityLimit | null;
}

export interface SearchMatches extends CandidateSet {
  conditions: Conditions;
  /** Title key of the query as a whole. */
  key: string;
  /** FTS5 expression for cue windows; null without words and phrases. */
  captionMatch: string | null;
  /** Index into RELAXATIONS. */
  relaxation: number;
  /** Every body candidate has all the words. */
  complete: boolean;
}

/** At these levels, a video has all words in some form. */
const COMPLETE: ReadonlySet<(typeof RELAXATIONS)[number] | undefined> = new Set([
  "typed",
  "spellingsAdded",
]);
const SPELLINGS_ADDED = RELAXATIONS.indexOf("spellingsAdded");
/** Titles tried with a number or abbreviation written in another way. */
const MAX_OTHER_TITLES = 8;
/** A result of fewer videos may be a coincidence of misspelt words that other videos contain as well. */
const MIN_CERTAIN_RESULT = 10;
/** How much higher the best result of another spelling must score to be preferred: only an intended title does. */
const MIN_SPELLING_GAIN = 0.3;

/**
 * Searches for the words as typed, then without numbers, then for likelier spellings, then most words, then any, until
 * something is found.
 */
export async function findWithRelaxation(
  index: SearchIndex,
  query: LimitedQuery,
  cursor: Cursor,
): Promise<SearchMatches> {
  const parsed = parseQuery(query.q);
  let groups = await interpret(index, parsed);
  let asTyped: SearchMatches | null = null;
  let result: SearchMatches | null = null;
  let lastBody = "";
  for (let relaxation = cursor.relaxation; relaxation < RELAXATIONS.length; relaxation++) {
    if (relaxation >= SPELLINGS_ADDED) groups = await addSpellings(index, groups, mayBeMisspelt);
    if (relaxation >= RELAXATIONS.indexOf("most")) groups = groups.flatMap(eachPair);
    const { phrases, excluded } = parsed;
    const conditions = { groups, phrases, excluded, filters: filterTokenGroups(query) };
    const body = bodyExpression(conditions, relaxation);
    // The same expression would find the same again.
    const isNew = body !== lastBody;
    if (asTyped && !isNew && relaxation >= SPELLINGS_ADDED) return asTyped;
    if (result && !isNew) continue;
    lastBody = body;
    // If a word is so rare that the result may be a coincidence, its spellings are looked up at the same time.
    const isRare =
      relaxation === 0 && query.sort === "relevance" && lowestDf(groups) < MIN_CERTAIN_RESULT;
    const [found, groupsAhead] = await Promise.all([
      searchOnce(index, query, parsed, cursor, conditions, relaxation),
      isRare ? addSpellings(index, groups, mayBeMisspelt) : null,
    ]);
    result = found;
    if (asTyped)
      return bestScore(result, cursor) >= bestScore(asTyped, cursor) + MIN_SPELLING_GAIN
        ? result
        : asTyped;
    // If the index has no word in any spelling, there is nothing left to relax.
    const isHopeless = groups.every((group) => group.df === 0 && group.spellingsAdded);
    if (isHopeless || cursor.last !== null || cursor.after >= 0) return result;
    if (result.candidates.length > 0) {
      if (relaxation >= SPELLINGS_ADDED || !isUncertain(query, result)) return result;
      asTyped = result;
    }
    groups = groupsAhead ?? groups;
  }
  if (!result) throw new Error("No relaxation was tried");
  return result;
}

/** One search in the index, at one level of relaxation. */
async function searchOnce(
  index: SearchIndex,
  query: LimitedQuery,
  { phrases, excluded, title }: ParsedQuery,
  cursor: Cursor,
  conditions: Conditions,
  relaxation: number,
): Promise<SearchMatches> {
  const ranges = columnRanges(query);
  const isFirst = cursor.after < 0;
  const narrowFilters = [...conditions.filters, ...rangeTokenGroups(query, cursor.now)];
  const captionMatch = cueMatch(conditions);
  const exclusion = exclusionMatch(conditions);
  const key = titleKey(title);
  // Not counted again for later pages, nor for phrases and ranges, for which every match is read.
  const isCounted = cursor.total === null && phrases.length === 0 && ranges.length === 0;
  const found = await findCandidates(index, {
    match: {
      body: bodyExpression(conditions, relaxation),
      narrowBody: bodyExpression({ ...conditions, filters: narrowFilters }, relaxation),
      ...headExpressions(conditions, relaxation),
      ...(isFirst && captionMatch ? { captions: captionMatch } : {}),
      ...(exclusion ? { excluded: exclusion } : {}),
    },
    keys: key ? keysOf(title, conditions.groups) : [],
    covered: isCovered(conditions),
    strict: phrases.length + excluded.length > 0,
    ranges,
    after: cursor.after,
    countTo: isCounted ? MAX_EXACT_COUNT : MAX_WHOLE_RESULT,
    top:
      query.sort === "relevance"
        ? null
        : topQueryFor(
            query.sort,
            cursor,
            query.limit + SPARE_CANDIDATES,
            [
              bodyExpression({ ...conditions, filters: [] }, relaxation),
              ...filterMatches(narrowFilters),
            ],
            ranges,
          ),
  });
  const matchesFilters = exactFilter(query);
  const isMatch = (candidate: SearchCandidate): boolean =>
    matchesFilters(candidate, isInBody(candidate)) &&
    (candidate.sources !== SOURCES.titleStart.bit || sharesWordBreaks(candidate.title, title)) &&
    // The first window has shown what the other sources find.
    (isFirst || candidate.sources === SOURCES.body.bit);
  return {
    ...found,
    candidates: found.candidates.filter(isMatch),
    // A shard with few matches returns them from lists that cover the ranges only approximately.
    top: found.top.filter((candidate) => matchesFilters(candidate, true)),
    conditions,
    key,
    captionMatch,
    relaxation,
    complete: COMPLETE.has(RELAXATIONS[relaxation]),
  };
}

/** Keys of the titles that may have been typed: without and with an article, and with numbers written in other ways. */
function keysOf(title: string, groups: readonly WordGroup[]): string[] {
  const others = groups.flatMap(({ typed, alternatives }) =>
    alternatives
      .filter(({ quality }) => quality === MATCH_QUALITY.equivalent)
      .map(
        ({ text, sequence }) =>
          `${title.slice(0, typed.start)} ${sequence?.join(" ") ?? text} ${title.slice(typed.end)}`,
      ),
  );
  return [title, ...others.slice(0, MAX_OTHER_TITLES)].flatMap(titleKeys);
}

export const isInBody = (candidate: SearchCandidate): boolean =>
  (candidate.sources & SOURCES.body.bit) > 0;

function bestScore(
  { candidates, conditions, key, complete }: SearchMatches,
  { now }: Cursor,
): number {
  return rankCandidates(candidates, { ...conditions, key }, now, complete)[0]?.value ?? 0;
}

/** Whether the query may be misspelt: few videos match, and none has the query as its title. */
function isUncertain({ sort }: SearchQuery, { candidates, conditions }: SearchMatches): boolean {
  return (
    sort === "relevance" &&
    candidates.length < MIN_CERTAIN_RESULT &&
    !candidates.some((candidate) => candidate.sources & SOURCES.exactTitle.bit) &&
    conditions.groups.some((group) => !group.spellingsAdded && mayBeMisspelt(group))
  );
}

const lowestDf = (groups: readonly WordGroup[]): number =>
  Math.min(...groups.map((group) => group.df));

function bodyExpression(conditions: Conditions, relaxation: number): string {
  const hasSeveral = conditions.groups.filter((group) => !group.optional).length > 1;
  if (RELAXATIONS[relaxation] === "withoutNumbers" && hasSeveral)
    return withoutNumbersMatch(conditions) ?? bodyMatch(conditions);
  if (RELAXATIONS[relaxation] === "most" && hasSeveral) return mostMatch(conditions);
  if (RELAXATIONS[relaxation] === "any" && hasSeveral) return anyMatch(conditions);
  return bodyMatch(conditions);
}

/** Expressions for the narrower sources, which contain the best matches even if the body has too many. */
function headExpressions(
  conditions: Conditions,
  relaxation: number,
): Pick<CandidateQuery["match"], "title" | "head" | "sequence"> {
  const { groups, phrases } = conditions;
  if (groups.length + phrases.length === 0) return {};
  const words = headMatch(conditions);
  const sequence = relaxation === 0 && phrases.length === 0 ? sequenceMatch(conditions) : null;
  return { title: words, head: words, ...(sequence === null ? {} : { sequence }) };
}
