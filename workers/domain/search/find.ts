import type { SearchQuery } from "../../contract/search.ts";
import type { Candidate } from "../../db/search/candidate-rows.ts";
import {
  type CandidateSet,
  findCandidates,
  SOURCES,
  spokenDocuments,
  WHOLE,
} from "../../db/search/candidates.ts";
import {
  anyMatch,
  bodyMatch,
  type Conditions,
  filterMatches,
  headMatch,
  mostMatch,
  rowMatch,
  spokenMatch,
} from "../../db/search/match.ts";
import type { SearchIndex } from "../../db/search/shards.ts";
import type { Cursor } from "./cursor.ts";
import { bounds, exactFilter, filterGroups, rangeGroups } from "./filters.ts";
import { addSpellings, interpret, mayBeMisspelt } from "./interpret.ts";
import { parseQuery } from "./query.ts";
import { rankCandidates } from "./ranked.ts";
import { topQuery } from "./sorted.ts";
import { squash } from "./text.ts";

/** Read beside a page's items, in case some have just been hidden or deleted. */
export const SPARE = 4;

/** How a search is widened while it finds nothing. */
const WIDENINGS = ["typed", "respelled", "most", "any"] as const;

/** Matches are counted exactly up to here. */
const COUNT_TO = 1000;

export interface Found extends Omit<CandidateSet, "heard"> {
  conditions: Conditions;
  /** Expression for the caption windows; null where there is nothing to listen for. */
  spoken: string | null;
  widening: number;
  /** Some video was found by its captions. */
  heard: boolean;
  /** Every body candidate has all the words. */
  complete: boolean;
}

/** A result of fewer videos may be a coincidence of misspelt words that others have as well. */
const FEW = 10;
/** How much higher the best result of another spelling must score: as a title does that is meant, nothing less. */
const BETTER = 0.3;

/** Tries the words as typed, then likelier spellings, then most words, then any, until something is found. */
export async function findWidening(
  index: SearchIndex,
  query: SearchQuery,
  cursor: Cursor,
): Promise<Found> {
  const parsed = parseQuery(query.q);
  const { phrases, excluded } = parsed;
  const ranges = bounds(query);
  const isExact = exactFilter(query);
  // Not again for later pages; nor phrases and ranges, whose every match is looked at.
  const counts = cursor.total === null && phrases.length === 0 && ranges.length === 0;
  let groups = await interpret(index, parsed);
  let typed: Found | null = null;
  for (let widening = cursor.widening; ; widening++) {
    const before = groups;
    if (widening > 0) groups = await addSpellings(index, groups, mayBeMisspelt);
    // No other spelling is left to look for, so the same search would find nothing again.
    if (WIDENINGS[widening] === "respelled" && groups === before && cursor.widening === 0) continue;
    const conditions: Conditions = {
      groups,
      phrases,
      excluded,
      filters: filterGroups(query),
    };
    const narrow = [...conditions.filters, ...rangeGroups(query, cursor.now)];
    const spoken = spokenMatch(conditions);
    const first = cursor.after < 0;
    const found = await findCandidates(index, {
      match: {
        body: bodyExpression(conditions, widening),
        narrowBody: bodyExpression({ ...conditions, filters: narrow }, widening),
        ...(query.sort === "relevance" ? headExpressions(conditions, widening) : {}),
        ...(first && spoken ? { spoken } : {}),
      },
      key:
        query.sort === "relevance" && phrases.length + excluded.length === 0
          ? squash(query.q)
          : null,
      bounds: ranges,
      after: cursor.after,
      countTo: counts ? COUNT_TO : WHOLE,
      top:
        query.sort === "relevance"
          ? null
          : topQuery(query.sort, cursor, query.limit + SPARE, [
              bodyExpression({ ...conditions, filters: [] }, widening),
              ...filterMatches(narrow),
            ]),
    });
    const { heard } = found;
    // Where the words are written in so many videos, those that only say them would come last.
    const only = found.next === null ? await onlyHeard(index, heard, found.candidates) : [];
    const candidates = [...found.candidates, ...only].filter(isExact);
    // Words that the index has in no spelling leave nothing to widen.
    const hopeless = groups.every((group) => group.df === 0 && group.respelled);
    const last = widening === WIDENINGS.length - 1 || hopeless;
    const result: Found = {
      ...found,
      candidates,
      top: found.top.filter(isExact),
      conditions,
      spoken,
      widening,
      complete: isComplete(widening),
      heard: heard.length > 0,
    };
    if (typed) return bestOf(result, cursor) >= bestOf(typed, cursor) + BETTER ? result : typed;
    const uncertain =
      widening === 0 &&
      query.sort === "relevance" &&
      candidates.length < FEW &&
      !isNamed(candidates) &&
      groups.some((group) => !group.respelled && mayBeMisspelt(group));
    if (last || cursor.last !== null || !first) return result;
    if (candidates.length > 0) {
      if (!uncertain) return result;
      typed = result;
    }
  }
}

/** The score of the best candidate. */
const bestOf = ({ candidates, conditions, complete }: Found, { now }: Cursor): number =>
  rankCandidates(candidates, conditions.groups, now, complete)[0]?.value ?? 0;

/** Whether a title is what was typed. */
const isNamed = (candidates: readonly Candidate[]): boolean =>
  candidates.some((candidate) => candidate.sources & SOURCES.exactTitle.bit);

const isComplete = (widening: number): boolean =>
  WIDENINGS[widening] === "typed" || WIDENINGS[widening] === "respelled";

/** Documents that only their captions make a match. */
function onlyHeard(
  index: SearchIndex,
  heard: readonly string[],
  found: readonly Candidate[],
): Promise<Candidate[]> {
  const known = new Set(found.map((candidate) => candidate.id));
  return spokenDocuments(
    index,
    heard.filter((id) => !known.has(id)),
  );
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
  const words = headMatch(conditions);
  const row = widening === 0 ? rowMatch(conditions) : null;
  return { title: words, head: words, ...(row === null ? {} : { row }) };
}
