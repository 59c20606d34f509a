import type { SearchCandidate } from "../../db/search/candidate-rows.ts";
import { SOURCES } from "../../db/search/candidate-statement.ts";
import { type RankedQuery, type RankedWord, score } from "../../domain/ranking.ts";
import { exactMatcher, wordMatcher } from "../../domain/search/matcher.ts";
import { isArticle } from "../../domain/search/text.ts";
import type { WordGroup } from "../../domain/search/word-group.ts";

export interface RankedCandidate {
  candidate: SearchCandidate;
  /** A score or what is sorted by; higher comes first. */
  value: number;
  /** One of more candidates than can be sorted, which all have the same value; see sorted.ts. */
  tied?: true;
}

/** A position in a ranking. */
interface RankPosition extends Pick<RankedCandidate, "value" | "tied"> {
  rowid: number;
  id: string;
}

/** Higher values first; for equal values the better static score, then the id, so that every order is reproducible. */
const compare = (a: RankPosition, b: RankPosition): number =>
  b.value - a.value || a.rowid - b.rowid || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

export function positionOf({ candidate: { rowid, id }, ...item }: RankedCandidate): RankPosition {
  return {
    ...item,
    rowid,
    id,
  };
}

export const byValue = (a: RankedCandidate, b: RankedCandidate): number =>
  compare(positionOf(a), positionOf(b));

/** Whether an item comes after the position where an earlier page ended. */
export const isAfter = (item: RankedCandidate, position: RankPosition): boolean =>
  compare(positionOf(item), position) > 0;

/** The values by which candidates are ranked. */
export interface RankingTerms {
  phrases: readonly string[][];
  groups: readonly WordGroup[];
  /** Title key of the query as a whole. */
  key: string;
}

/** Candidates in order of relevance. @param complete every body candidate has all the words */
export function rankCandidates(
  candidates: readonly SearchCandidate[],
  { phrases, groups, key }: RankingTerms,
  now: number,
  complete: boolean,
): RankedCandidate[] {
  const quoted = phrases.flat().map((word): RankedWord => ({
    ...exactMatcher(word),
    df: 0,
    isNumber: false,
    isFrequent: false,
    isArticle: false,
  }));
  const words = groups.map((group): RankedWord => ({
    ...wordMatcher(group),
    df: group.df,
    isNumber: group.typed.isNumber,
    isFrequent: group.optional || isArticle(group.typed.text),
    isArticle: isArticle(group.typed.text),
  }));
  const query: RankedQuery = { words: [...quoted, ...words], key, now };
  const ranked = candidates.map((candidate) => ({
    candidate,
    value: scoreOf(candidate, query, complete),
  }));
  return ranked.toSorted(byValue);
}

function scoreOf(candidate: SearchCandidate, query: RankedQuery, complete: boolean): number {
  return score(
    {
      ...candidate.words,
      key: candidate.key,
      complete: complete && (candidate.sources & SOURCES.body.bit) > 0,
      sequence: (candidate.sources & SOURCES.sequence.bit) > 0,
      captionsOnly: candidate.sources === SOURCES.captions.bit,
      views: candidate.views,
      publishedAt: candidate.publishedAt,
    },
    query,
  );
}
