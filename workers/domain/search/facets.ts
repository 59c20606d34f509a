import type { SearchResult } from "../../contract/search.ts";
import type { Candidate } from "../../db/search/candidate-rows.ts";

const MOST = 12;
/** Upper bounds in seconds, with the names of the API. */
const DURATIONS: [string, number][] = [
  ["under-4-minutes", 240],
  ["4-to-20-minutes", 1200],
  ["20-to-60-minutes", 3600],
  ["over-an-hour", Infinity],
];

const durationClass = (seconds: number): string =>
  DURATIONS.find(([, limit]) => seconds < limit)?.[0] ?? "over-an-hour";

/** Values with their counts, most frequent first. */
function counted(values: Iterable<string>): { value: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, MOST);
}

/** @param approximate the candidates are only a part of the result */
export function facetsOf(
  candidates: readonly Candidate[],
  approximate: boolean,
): SearchResult["facets"] {
  const names = new Map(
    candidates.map((candidate) => [candidate.creator, candidate.people[0] ?? ""]),
  );
  return {
    category: counted(candidates.map((candidate) => candidate.category)),
    language: counted(candidates.flatMap((candidate) => candidate.language ?? [])),
    tag: counted(candidates.flatMap((candidate) => candidate.tags)),
    creator: counted(candidates.map((candidate) => candidate.creator)).map((facet) => ({
      ...facet,
      name: names.get(facet.value) ?? "",
    })),
    duration: counted(candidates.map((candidate) => durationClass(candidate.duration))),
    approximate,
  };
}
