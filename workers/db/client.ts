import { getTableColumns, is, SQL, sql } from "drizzle-orm";
import { DrizzleQueryError } from "drizzle-orm/errors";
import type { BatchItem } from "drizzle-orm/batch";
import { drizzle } from "drizzle-orm/d1";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import { counted } from "./statement-count.ts";

export type Catalog = ReturnType<typeof catalog>;
/** A query that has not run yet, for `runBatch`. */
export type Statement = BatchItem<"sqlite">;

/** The catalogue for reads that must be current, and for every write. */
export function catalog(env: Pick<Env, "CATALOG">) {
  return drizzle(counted(env.CATALOG));
}

/** The catalogue for reads of public data from the nearest replica, which may lag by a moment. */
export function catalogReplica(env: Pick<Env, "CATALOG">): Catalog {
  return drizzle(counted(env.CATALOG).withSession("first-unconstrained") as unknown as D1Database);
}

/**
 * Whether the database or the connection to it failed temporarily. An error of SQLite itself would occur again.
 * Messages: developers.cloudflare.com/d1/observability/debug-d1.
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // drizzle wraps the error of D1 in a message that contains the query and its values.
  if (error instanceof DrizzleQueryError) return isTransient(error.cause);
  const temporary = /^D1_ERROR|Network connection lost|object to be reset|code was updated/;
  return temporary.test(error.message) && !error.message.includes("SQLITE_");
}

/** Whether the database refused a row because its account was deleted a moment ago (`deletedAccounts`). */
export function isOfDeletedAccount(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.message.includes("account_deleted") || isOfDeletedAccount(error.cause);
}

/** Whether the database refused to show a video of an account that is suspended (`suspendedAccounts`). */
export function isOfSuspendedAccount(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.message.includes("account_suspended") || isOfSuspendedAccount(error.cause);
}

/**
 * Runs the statements as one transaction: all of them or none. D1 has no BEGIN.
 * @returns what each of them returned
 */
export async function runBatch(
  db: Catalog,
  statements: readonly Statement[],
): Promise<readonly unknown[]> {
  const [first, ...rest] = statements;
  return first ? db.batch([first, ...rest]) : [];
}

/** How many rows a statement without RETURNING has changed. @param result of `runBatch` */
export const rowsChanged = (result: unknown): number =>
  (result as Partial<D1Result> | undefined)?.meta?.changes ?? 0;

/** Ids as one bound parameter, since a D1 statement has at most a hundred. */
export function idsIn(ids: Iterable<string>): SQL {
  return sql`(SELECT value FROM json_each(${JSON.stringify([...ids])}))`;
}

/** Columns of a new row: values, or SQL of the whole statement's database such as a subquery. */
type RowSource<T extends SQLiteTable> = {
  [K in keyof T["$inferInsert"]]: T["$inferInsert"][K] | SQL;
};

/**
 * Statement that inserts a row only if `condition` holds when its batch runs, and the row is not there yet. In a batch it
 * makes what follows from a state change depend on the change having happened.
 */
export function insertWhen<T extends SQLiteTable>(
  db: Catalog,
  table: T,
  row: RowSource<T>,
  condition: SQL,
) {
  return db
    .insert(table)
    .select(sql`SELECT ${listOf(table, row)} WHERE ${condition}`)
    .onConflictDoNothing();
}

/** Statement that inserts a row for each row of `source`, which follows FROM and has a WHERE; those there already stay. */
export function insertFrom<T extends SQLiteTable>(
  db: Catalog,
  table: T,
  row: RowSource<T>,
  source: SQL,
) {
  return db
    .insert(table)
    .select(sql`SELECT ${listOf(table, row)} FROM ${source}`)
    .onConflictDoNothing();
}

function listOf<T extends SQLiteTable>(table: T, row: RowSource<T>): SQL {
  const given: Record<string, unknown> = row;
  const values = Object.entries(getTableColumns(table)).map(([name, column]) => {
    const value = given[name] ?? column.default ?? null;
    return is(value, SQL) ? value : sql`${sql.param(value, column)}`;
  });
  return sql.join(values, sql`, `);
}
