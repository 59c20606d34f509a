import type { SearchSort } from "../../contract/search.ts";
import type { SearchCandidate } from "../../db/search/candidate-rows.ts";
import { MAX_WHOLE_RESULT } from "../../db/search/candidate-statement.ts";
import type { TopQuery } from "../../db/search/top-statement.ts";
import type { Cursor } from "../../domain/search/cursor.ts";
import { AXES, type Axis, type ColumnRange } from "../../domain/search/filters.ts";
import { byValue, type RankedCandidate } from "./ranked.ts";

export type SortOrder = Exclude<SearchSort, "relevance">;

interface Ordering {
  axis: Axis;
  value: (candidate: SearchCandidate) => number;
  /** The column of a range over the same quantity. */
  column?: ColumnRange["column"];
}

const ORDERINGS: Record<SortOrder, Ordering> = {
  newest: {
    axis: AXES.publishedAt,
    value: (candidate) => candidate.publishedAt,
    column: "published_at",
  },
  longest: { axis: AXES.duration, value: (candidate) => candidate.duration, column: "duration" },
  popular: { axis: AXES.views, value: (candidate) => candidate.views },
};

/** Sorts a result that has been read whole. */
export function sortWhole(
  candidates: readonly SearchCandidate[],
  order: SortOrder,
): RankedCandidate[] {
  return candidates
    .map((candidate) => ({ candidate, value: ORDERINGS[order].value(candidate) }))
    .toSorted(byValue);
}

/**
 * Sorts the top of a larger result. If the finest step of the axis has more videos than can be read at once, all of them
 * count as equal and come by rowid, from which each page resumes: otherwise the ones that do not fit would never be shown.
 */
export function sortTop(
  top: readonly SearchCandidate[],
  order: SortOrder,
  { last }: Cursor,
): RankedCandidate[] {
  const { axis } = ORDERINGS[order];
  const sorted = sortWhole(top, order);
  const steps = Map.groupBy(sorted, (item) => axis.ordinal(item.value));
  const resumed = last?.tied ? { step: axis.ordinal(last.value), value: last.value } : null;
  return [...steps].flatMap(([step, items]) => {
    const isResumed = step === resumed?.step;
    if (!isResumed && items.length <= MAX_WHOLE_RESULT) return items;
    const value = isResumed ? resumed.value : Math.max(...items.map((item) => item.value));
    return items
      .map(({ candidate }): RankedCandidate => ({ candidate, value, tied: true }))
      .toSorted(byValue);
  });
}

/**
 * The query for the top of a result that is too large to read whole.
 * @param need how many documents to find
 * @param parts FTS5 expressions of the result
 * @param ranges exact ranges of the result
 */
export function topQueryFor(
  order: SortOrder,
  cursor: Cursor,
  need: number,
  parts: readonly string[],
  ranges: readonly ColumnRange[],
): TopQuery {
  const { axis, column } = ORDERINGS[order];
  const upperEnd = ranges.find((range) => range.column === column)?.max ?? Infinity;
  // Nothing is published in the future.
  const greatest = order === "newest" ? Math.min(upperEnd, cursor.now) : upperEnd;
  const highest = axis.ordinal(cursor.last?.value ?? greatest);
  const { last } = cursor;
  const from = last?.tied ? last.rowid : null;
  return {
    axis,
    highest,
    resumed: last !== null,
    from,
    // The last item shown may be among those from its rowid on.
    need: from === null ? need : need + 1,
    parts,
    ranges,
  };
}
