import { eq, sql } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Catalog, Statement } from "./client.ts";

/**
 * Inserts a row unless its owner then has more than `max`. Both statements are one transaction, so that concurrent requests
 * cannot exceed the limit. Plan: the count reads the owner's rows by an index, at most one more than the limit.
 * @returns false when the limit is reached
 */
export async function insertWithin(
  db: Catalog,
  insert: Statement,
  row: {
    table: SQLiteTable;
    id: SQLiteColumn;
    idValue: string;
    owner: SQLiteColumn;
    ownerValue: string;
  },
  max: number,
): Promise<boolean> {
  const own = db.$count(row.table, eq(row.owner, row.ownerValue));
  const undo = db
    .delete(row.table)
    .where(sql`${eq(row.id, row.idValue)} AND (${own}) > ${max}`)
    .returning({ id: row.id });
  const [, undone] = await db.batch([insert, undo]);
  return undone.length === 0;
}
