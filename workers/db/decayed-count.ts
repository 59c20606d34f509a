import { type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";

/** After this time a count is worth half. */
export const HALF_LIFE_MS = 7 * 86_400_000;

/**
 * A decayed count plus some. The count is log2 of the sum of 2^(time / half-life), and 0 for nothing counted. Events keep
 * their weight relative to each other, so the order of two counts changes only with new events and nothing is recomputed.
 * @param at milliseconds since the epoch
 */
export function countPlus(count: SQLiteColumn | SQL, more: SQL, at: SQL | number): SQL {
  const now = sql`(${at} / ${sql.raw(`${HALF_LIFE_MS}.0`)})`;
  return sql`${now} + log2(${more} + pow(2, ${count} - ${now}))`;
}
