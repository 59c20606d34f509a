import type { SearchSort } from "../../contract/search.ts";
import type { Candidate } from "../../db/search/candidate-rows.ts";
import type { TopQuery } from "../../db/search/top.ts";
import type { Cursor } from "./cursor.ts";
import { AXES, type Axis, type Bound } from "./filters.ts";
import { byValue, type Ranked } from "./ranked.ts";

export type Order = Exclude<SearchSort, "relevance">;

interface Ordering {
  axis: Axis;
  value: (candidate: Candidate) => number;
  /** The column of a range over the same quantity. */
  column?: Bound["column"];
}

const ORDERS: Record<Order, Ordering> = {
  newest: {
    axis: AXES.publishedAt,
    value: (candidate) => candidate.publishedAt,
    column: "published_at",
  },
  longest: { axis: AXES.duration, value: (candidate) => candidate.duration, column: "duration" },
  popular: { axis: AXES.views, value: (candidate) => candidate.views },
};

export const sortCandidates = (candidates: readonly Candidate[], order: Order): Ranked[] =>
  candidates
    .map((candidate) => ({ candidate, value: ORDERS[order].value(candidate) }))
    .toSorted(byValue);

/**
 * What to look for where a result is too large to hold.
 * @param need how many are wanted
 * @param parts FTS5 expressions of the result
 * @param bounds exact ranges of the result
 */
export function topQuery(
  order: Order,
  cursor: Cursor,
  need: number,
  parts: readonly string[],
  bounds: readonly Bound[],
): TopQuery {
  const { axis, column } = ORDERS[order];
  const range = bounds.find((bound) => bound.column === column)?.most ?? Infinity;
  // Nothing is published in the future.
  const greatest = order === "newest" ? Math.min(range, cursor.now) : range;
  const highest = axis.ordinal(cursor.last?.value ?? greatest);
  return { axis, highest, resumed: cursor.last !== null, need, parts, bounds };
}
