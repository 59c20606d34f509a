import type { SearchSort } from "../../contract/search.ts";
import { type Candidate, countMatches, firstMatches, SOURCES } from "../../db/search/candidates.ts";
import { within } from "../../db/search/match.ts";
import type { SearchIndex } from "../../db/search/shards.ts";
import { AXES, type Axis, axisChildren, axisToken } from "./filters.ts";
import { byValue, type Ranked } from "./ranked.ts";

type Order = Exclude<SearchSort, "relevance">;

const ORDERS: Record<Order, { axis: Axis; value: (candidate: Candidate) => number }> = {
  newest: { axis: AXES.publishedAt, value: (candidate) => candidate.publishedAt },
  longest: { axis: AXES.duration, value: (candidate) => candidate.duration },
  popular: { axis: AXES.views, value: (candidate) => candidate.views },
};

/** All of a result that is small enough to hold, in the wanted order. */
export const sortCandidates = (candidates: readonly Candidate[], order: Order): Ranked[] =>
  candidates
    .map((candidate) => ({ candidate, value: ORDERS[order].value(candidate) }))
    .toSorted(byValue);

/**
 * The top of a result that is too large to hold: finds from above the range of the axis that has enough matches,
 * counting no more than that many in each of eight parts a level, and sorts what is in it. Where one
 * finest step (an hour, ten seconds, a sixteenth of a doubling) has more matches than a window, the window
 * takes those with the best static score.
 * @param atMost value of the last item shown; Infinity for the first page
 * @param need how many are wanted
 */
export async function topOfResult(
  index: SearchIndex,
  match: string,
  order: Order,
  atMost: number,
  need: number,
): Promise<Ranked[]> {
  const { axis } = ORDERS[order];
  const tokens = await topTokens(index, match, axis, axis.ordinal(atMost), need);
  if (tokens.length === 0) return [];
  const found = await firstMatches(index, "body", within(match, tokens), SOURCES.body.limit);
  return sortCandidates(found, order);
}

async function topTokens(
  index: SearchIndex,
  match: string,
  axis: Axis,
  highest: number,
  need: number,
): Promise<string[]> {
  const tokens: string[] = [];
  let missing = need;
  const visit = async (level: number, parent: number): Promise<void> => {
    const width = 8 ** level;
    const children = axisChildren(parent).filter((digit) => digit * width <= highest);
    const expressions = children.map((digit) => within(match, [axisToken(axis, level, digit)]));
    const counts = await countMatches(index, expressions, need);
    for (const [i, digit] of children.entries()) {
      const count = counts[i] ?? 0;
      const reachesAbove = (digit + 1) * width - 1 > highest;
      if (count === 0 || missing <= 0) continue;
      if (level > 0 && (reachesAbove || count >= missing)) await visit(level - 1, digit);
      else {
        tokens.push(axisToken(axis, level, digit));
        missing -= count;
      }
    }
  };
  await visit(axis.levels - 1, 0);
  return tokens;
}
