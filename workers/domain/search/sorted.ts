import type { SearchSort } from "../../contract/search.ts";
import type { Candidate } from "../../db/search/candidate-rows.ts";
import type { TopQuery } from "../../db/search/top.ts";
import type { Cursor } from "./cursor.ts";
import { AXES, type Axis } from "./filters.ts";
import { byValue, type Ranked } from "./ranked.ts";

export type Order = Exclude<SearchSort, "relevance">;

const ORDERS: Record<Order, { axis: Axis; value: (candidate: Candidate) => number }> = {
  newest: { axis: AXES.publishedAt, value: (candidate) => candidate.publishedAt },
  longest: { axis: AXES.duration, value: (candidate) => candidate.duration },
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
 */
export function topQuery(
  order: Order,
  cursor: Cursor,
  need: number,
  parts: readonly string[],
): TopQuery {
  const { axis } = ORDERS[order];
  // Nothing is published in the future.
  const greatest = order === "newest" ? cursor.now : Infinity;
  const highest = axis.ordinal(cursor.last?.value ?? greatest);
  return { axis, highest, resumed: cursor.last !== null, need, parts };
}
