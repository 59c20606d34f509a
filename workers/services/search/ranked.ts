import type { Candidate } from "../../db/search/candidate-rows.ts";
import { SOURCES } from "../../db/search/candidate-statement.ts";
import { type RankedQuery, score } from "../../domain/ranking.ts";
import type { WordGroup } from "../../domain/search/word-group.ts";
import { exactMatcher, wordMatcher } from "../../domain/search/matcher.ts";

export interface Ranked {
  candidate: Candidate;
  /** Higher is better. */
  value: number;
  /** One of more than can be sorted, which all have the same value; see sorted.ts. */
  crowded?: true;
}

/** A place in an order. */
interface Place extends Pick<Ranked, "value" | "crowded"> {
  rowid: number;
  id: string;
}

/** Higher values first; of equal ones the better static score, then the id, so an order is the same on every machine. */
const compare = (a: Place, b: Place): number =>
  b.value - a.value || a.rowid - b.rowid || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

export const placeOf = ({ candidate: { rowid, id }, ...item }: Ranked): Place => ({
  ...item,
  rowid,
  id,
});

export const byValue = (a: Ranked, b: Ranked): number => compare(placeOf(a), placeOf(b));

/** Whether an item comes after a place where an earlier page ended. */
export const isAfter = (item: Ranked, place: Place): boolean => compare(placeOf(item), place) > 0;

/** What candidates are ranked by. */
export interface Wanted {
  phrases: readonly string[][];
  groups: readonly WordGroup[];
  /** Squashed title that would be meant as a whole. */
  key: string;
}

/** Candidates in order of relevance. @param complete every body candidate has all the words */
export function rankCandidates(
  candidates: readonly Candidate[],
  { phrases, groups, key }: Wanted,
  now: number,
  complete: boolean,
): Ranked[] {
  const quoted = phrases.flat().map((word) => ({ quality: exactMatcher(word).quality, df: 0 }));
  const words = groups.map((group) => ({ quality: wordMatcher(group).quality, df: group.df }));
  const query: RankedQuery = { words: [...quoted, ...words], key, now };
  const ranked = candidates.map((candidate) => ({
    candidate,
    value: scoreOf(candidate, query, complete),
  }));
  return ranked.toSorted(byValue);
}

const scoreOf = (candidate: Candidate, query: RankedQuery, complete: boolean): number =>
  score(
    {
      ...candidate.words,
      key: candidate.key,
      complete: complete && (candidate.sources & SOURCES.body.bit) > 0,
      phrase: (candidate.sources & SOURCES.row.bit) > 0,
      spoken: candidate.sources === SOURCES.spoken.bit,
      views: candidate.views,
      publishedAt: candidate.publishedAt,
    },
    query,
  );
