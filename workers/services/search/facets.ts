import { LENGTHS } from "../../contract/lengths.ts";
import type { SearchResult } from "../../contract/search.ts";
import { tagToken } from "../../domain/search/filters.ts";
import type { Candidate } from "../../db/search/candidate-rows.ts";

const MOST = 12;
const lengthOf = (seconds: number): string =>
  LENGTHS.find(({ below }) => seconds < below)?.value ?? LENGTHS[2].value;

interface Count {
  value: string;
  count: number;
}

/** Values with their counts, most frequent first. */
function counted(values: Iterable<string>): Count[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return inOrder([...counts].map(([value, count]) => ({ value, count })));
}

const inOrder = (counts: readonly Count[]): Count[] =>
  counts.toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));

/** `Sci-Fi` and `sci fi` are one tag, as the filter has it: it goes by its most frequent spelling. */
const countedTags = (tags: Iterable<string>): Count[] =>
  inOrder(
    [...Map.groupBy(counted(tags), ({ value }) => tagToken(value)).values()].map((spellings) => ({
      value: spellings[0]?.value ?? "",
      count: spellings.reduce((sum, { count }) => sum + count, 0),
    })),
  );

/** @param approximate the candidates are only a part of the result */
export function facetsOf(
  candidates: readonly Candidate[],
  approximate: boolean,
): SearchResult["facets"] {
  const names = new Map(
    candidates.map((candidate) => [candidate.creator, candidate.people[0] ?? ""]),
  );
  return {
    category: counted(candidates.map((candidate) => candidate.category)).slice(0, MOST),
    language: counted(candidates.flatMap((candidate) => candidate.language ?? [])).slice(0, MOST),
    tag: countedTags(candidates.flatMap((candidate) => candidate.tags)).slice(0, MOST),
    creator: counted(candidates.map((candidate) => candidate.creator))
      .slice(0, MOST)
      .map((facet) => ({ ...facet, name: names.get(facet.value) ?? "" })),
    duration: counted(candidates.map((candidate) => lengthOf(candidate.duration))),
    approximate,
  };
}
