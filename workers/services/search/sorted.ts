import type { SearchSort } from "../../contract/search.ts";
import type { Candidate } from "../../db/search/candidate-rows.ts";
import { WHOLE } from "../../db/search/candidate-statement.ts";
import type { TopQuery } from "../../db/search/top.ts";
import type { Cursor } from "../../domain/search/cursor.ts";
import { AXES, type Axis, type Bound } from "../../domain/search/filters.ts";
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

/** A result that is held whole, in order. */
export const sortWhole = (candidates: readonly Candidate[], order: Order): Ranked[] =>
  candidates
    .map((candidate) => ({ candidate, value: ORDERS[order].value(candidate) }))
    .toSorted(byValue);

/**
 * The top of a larger result, in order. Where one finest step of the axis has more than can be held, all in it count as equal
 * and so come by their rowids, of which each page goes on: else what does not fit would never be shown.
 */
export function sortTop(top: readonly Candidate[], order: Order, { last }: Cursor): Ranked[] {
  const { axis } = ORDERS[order];
  const sorted = sortWhole(top, order);
  const steps = Map.groupBy(sorted, (item) => axis.ordinal(item.value));
  const begun = last?.crowded ? { step: axis.ordinal(last.value), value: last.value } : null;
  return [...steps].flatMap(([step, items]) => {
    const isBegun = step === begun?.step;
    if (!isBegun && items.length <= WHOLE) return items;
    const common = isBegun ? begun.value : Math.max(...items.map((item) => item.value));
    return items
      .map(({ candidate }): Ranked => ({ candidate, value: common, crowded: true }))
      .toSorted(byValue);
  });
}

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
  const { last } = cursor;
  const from = last?.crowded ? last.rowid : null;
  // What has been shown last may be among those from its rowid on.
  const wanted = from === null ? need : need + 1;
  return { axis, highest, resumed: last !== null, from, need: wanted, parts, bounds };
}
