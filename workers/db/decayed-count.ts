import { type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";

/** After this time a count is worth half. */
export const HALF_LIFE_MS = 7 * 86_400_000;

/**
 * A decayed count plus one. The count is log2 of the sum of 2^(time / half-life), and 0 for nothing counted. Events keep
 * their weight relative to each other, so the order of two counts changes only with new events and nothing is recomputed.
 * @param at milliseconds since the epoch
 */
export function oneMore(count: SQLiteColumn, at: number): SQL {
  const now = at / HALF_LIFE_MS;
  return sql`${now} + log2(1 + pow(2, ${count} - ${now}))`;
}
