import { type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";

/** After so many milliseconds what was counted counts half. */
export const HALF_LIFE = 7 * 86_400_000;

/**
 * A decayed count with one more. It is log2 of the sum of 2^(time / half-life), 0 for nothing counted: each keeps its weight
 * relative to all others, so that the order of two counts changes only with the next one, and nothing is ever recomputed.
 */
export function oneMore(count: SQLiteColumn, at: number): SQL {
  const now = at / HALF_LIFE;
  return sql`${now} + log2(1 + pow(2, ${count} - ${now}))`;
}
