import { LENGTHS } from "../../contract/lengths.ts";
import type { SearchResult } from "../../contract/search.ts";
import type { SearchCandidate } from "../../db/search/candidate-rows.ts";
import { tagToken } from "../../domain/search/filters.ts";

const MAX_FACET_VALUES = 12;
const lengthOf = (seconds: number): string =>
  LENGTHS.find(({ below }) => seconds < below)?.value ?? LENGTHS[2].value;

interface FacetCount {
  value: string;
  count: number;
}

/** Values with their counts, most frequent first. */
function countValues(values: Iterable<string>): FacetCount[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return byCount([...counts].map(([value, count]) => ({ value, count })));
}

const byCount = (counts: readonly FacetCount[]): FacetCount[] =>
  counts.toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));

/** `Sci-Fi` and `sci fi` are one tag, as in the filter; it is shown in its most frequent spelling. */
function countTags(tags: Iterable<string>): FacetCount[] {
  return byCount(
    [...Map.groupBy(countValues(tags), ({ value }) => tagToken(value)).values()].map(
      (spellings) => ({
        value: spellings[0]?.value ?? "",
        count: spellings.reduce((sum, { count }) => sum + count, 0),
      }),
    ),
  );
}

/** @param approximate the candidates are only part of the result */
export function facetsOf(
  candidates: readonly SearchCandidate[],
  approximate: boolean,
): SearchResult["facets"] {
  const names = new Map(
    candidates.map((candidate) => [candidate.creator, candidate.people[0] ?? ""]),
  );
  const first = (counts: readonly FacetCount[]) => counts.slice(0, MAX_FACET_VALUES);
  return {
    category: first(countValues(candidates.map((candidate) => candidate.category))),
    language: first(countValues(candidates.flatMap((candidate) => candidate.language ?? []))),
    tag: first(countTags(candidates.flatMap((candidate) => candidate.tags))),
    creator: first(countValues(candidates.map((candidate) => candidate.creator))).map((facet) => ({
      ...facet,
      name: names.get(facet.value) ?? "",
    })),
    duration: countValues(candidates.map((candidate) => lengthOf(candidate.duration))),
    approximate,
  };
}
