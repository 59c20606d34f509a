import type { SearchQuery } from "../../contract/search.ts";
import type { Candidate } from "../../db/search/candidate-rows.ts";
import { type CandidateQuery, SOURCES, WHOLE } from "../../db/search/candidate-statement.ts";
import { type CandidateSet, findCandidates } from "../../db/search/candidates.ts";
import {
  anyMatch,
  bodyMatch,
  type Conditions,
  filterMatches,
  headMatch,
  isCovered,
  mostMatch,
  rowMatch,
  cueMatch,
  unwantedMatch,
} from "../../db/search/match.ts";
import type { SearchIndex } from "../../db/search/shards.ts";
import { type Cursor, RELAXATIONS } from "../../domain/search/cursor.ts";
import { bounds, exactFilter, filterGroups, rangeGroups } from "../../domain/search/filters.ts";
import type { WordGroup } from "../../domain/search/word-group.ts";
import { addSpellings, eachPair, interpret, mayBeMisspelt } from "./interpret.ts";
import { type ParsedQuery, parseQuery } from "../../domain/search/query.ts";
import { rankCandidates } from "./ranked.ts";
import { topQuery } from "./sorted.ts";
import { sharesSpaces, squash } from "../../domain/search/text.ts";

/** Read beside a page's items, in case some have just been hidden or deleted. */
export const SPARE = 4;

/** Matches are counted exactly up to here. */
const COUNT_TO = 1000;

export interface Found extends CandidateSet {
  conditions: Conditions;
  /** Squashed title that would be meant as a whole. */
  key: string;
  /** Expression for the caption windows; null where there is nothing to listen for. */
  spoken: string | null;
  relaxation: number;
  /** Every body candidate has all the words. */
  complete: boolean;
}

/** A result of fewer videos may be a coincidence of misspelt words that others have as well. */
const FEW = 10;
/** How much higher the best result of another spelling must score: as a title does that is meant, nothing less. */
const BETTER = 0.3;

/** Tries the words as typed, then likelier spellings, then most words, then any, until something is found. */
export async function findRelaxing(
  index: SearchIndex,
  query: SearchQuery,
  cursor: Cursor,
): Promise<Found> {
  const parsed = parseQuery(query.q);
  let groups = await interpret(index, parsed);
  let typed: Found | null = null;
  let result: Found | null = null;
  let asked = "";
  for (let relaxation = cursor.relaxation; relaxation < RELAXATIONS.length; relaxation++) {
    if (relaxation > 0) groups = await addSpellings(index, groups, mayBeMisspelt);
    if (relaxation >= RELAXATIONS.indexOf("most")) groups = groups.flatMap(eachPair);
    const { phrases, excluded } = parsed;
    const conditions = { groups, phrases, excluded, filters: filterGroups(query) };
    const body = bodyExpression(conditions, relaxation);
    const isNew = body !== asked;
    // The same search would find the same again.
    if (typed && !isNew) return typed;
    if (result && !isNew) continue;
    asked = body;
    // Where a word is so rare that the result may be a coincidence, its spellings are looked up meanwhile.
    const isRare = relaxation === 0 && query.sort === "relevance" && rarest(groups) < FEW;
    const [found, ahead] = await Promise.all([
      ask(index, query, parsed, cursor, conditions, relaxation),
      isRare ? addSpellings(index, groups, mayBeMisspelt) : null,
    ]);
    result = found;
    if (typed) return bestOf(result, cursor) >= bestOf(typed, cursor) + BETTER ? result : typed;
    // Words that the index has in no spelling leave nothing to widen.
    const hopeless = groups.every((group) => group.df === 0 && group.spellingsAdded);
    if (hopeless || cursor.last !== null || cursor.after >= 0) return result;
    if (result.candidates.length > 0) {
      if (relaxation > 0 || !isUncertain(query, result)) return result;
      typed = result;
    }
    groups = ahead ?? groups;
  }
  if (!result) throw new Error("No search was made");
  return result;
}

/** One search in the index. */
async function ask(
  index: SearchIndex,
  query: SearchQuery,
  { phrases, excluded, title }: ParsedQuery,
  cursor: Cursor,
  conditions: Conditions,
  relaxation: number,
): Promise<Found> {
  const ranges = bounds(query);
  const isFirst = cursor.after < 0;
  const narrow = [...conditions.filters, ...rangeGroups(query, cursor.now)];
  const spoken = cueMatch(conditions);
  const unwanted = unwantedMatch(conditions);
  const key = squash(title);
  // Not again for later pages; nor phrases and ranges, whose every match is looked at.
  const counts = cursor.total === null && phrases.length === 0 && ranges.length === 0;
  const found = await findCandidates(index, {
    match: {
      body: bodyExpression(conditions, relaxation),
      narrowBody: bodyExpression({ ...conditions, filters: narrow }, relaxation),
      ...headExpressions(conditions, relaxation),
      ...(isFirst && spoken ? { spoken } : {}),
      ...(unwanted ? { unwanted } : {}),
    },
    key: key || null,
    covered: isCovered(conditions),
    strict: phrases.length + excluded.length > 0,
    bounds: ranges,
    after: cursor.after,
    countTo: counts ? COUNT_TO : WHOLE,
    top:
      query.sort === "relevance"
        ? null
        : topQuery(
            query.sort,
            cursor,
            query.limit + SPARE,
            [bodyExpression({ ...conditions, filters: [] }, relaxation), ...filterMatches(narrow)],
            ranges,
          ),
  });
  const isExact = exactFilter(query);
  const fits = (candidate: Candidate): boolean =>
    isExact(candidate, isInBody(candidate)) &&
    (candidate.sources !== SOURCES.titleStart.bit || sharesSpaces(candidate.title, title)) &&
    // What other sources find has been shown with the first window.
    (isFirst || candidate.sources === SOURCES.body.bit);
  return {
    ...found,
    candidates: found.candidates.filter(fits),
    // Those of a shard that has few come from lists that hold ranges nearly.
    top: found.top.filter((candidate) => isExact(candidate, true)),
    conditions,
    key,
    spoken,
    relaxation,
    complete: RELAXATIONS[relaxation] === "typed" || RELAXATIONS[relaxation] === "spellingsAdded",
  };
}

export const isInBody = (candidate: Candidate): boolean =>
  (candidate.sources & SOURCES.body.bit) > 0;

/** The score of the best candidate. */
const bestOf = ({ candidates, conditions, key, complete }: Found, { now }: Cursor): number =>
  rankCandidates(candidates, { ...conditions, key }, now, complete)[0]?.value ?? 0;

/** Whether the words may have been meant otherwise: they meet in few videos, and none has them as its title. */
const isUncertain = ({ sort }: SearchQuery, { candidates, conditions }: Found): boolean =>
  sort === "relevance" &&
  candidates.length < FEW &&
  !candidates.some((candidate) => candidate.sources & SOURCES.exactTitle.bit) &&
  conditions.groups.some((group) => !group.spellingsAdded && mayBeMisspelt(group));

const rarest = (groups: readonly WordGroup[]): number =>
  Math.min(...groups.map((group) => group.df));

function bodyExpression(conditions: Conditions, relaxation: number): string {
  const several = conditions.groups.filter((group) => !group.optional).length > 1;
  if (RELAXATIONS[relaxation] === "most" && several) return mostMatch(conditions);
  if (RELAXATIONS[relaxation] === "any" && several) return anyMatch(conditions);
  return bodyMatch(conditions);
}

/** The narrower lists, in which the best matches stand even when the body has too many. */
function headExpressions(
  conditions: Conditions,
  relaxation: number,
): Pick<CandidateQuery["match"], "title" | "head" | "row"> {
  const { groups, phrases } = conditions;
  if (groups.length + phrases.length === 0) return {};
  const words = headMatch(conditions);
  const row = relaxation === 0 && phrases.length === 0 ? rowMatch(conditions) : null;
  return { title: words, head: words, ...(row === null ? {} : { row }) };
}
