import { DrizzleQueryError } from "drizzle-orm/errors";
import type { BatchItem } from "drizzle-orm/batch";
import { drizzle } from "drizzle-orm/d1";

export type Catalog = ReturnType<typeof catalog>;
/** A query that has not run yet: the unit of `runBatch`. */
export type Statement = BatchItem<"sqlite">;

/** The catalogue for reads that must be current and for every write. */
export function catalog(env: Pick<Env, "CATALOG">) {
  return drizzle(env.CATALOG);
}

/** The catalogue for reads of public data, answered by the nearest replica; may lag by a moment. */
export function catalogReplica(env: Pick<Env, "CATALOG">): Catalog {
  // A session has `prepare` and `batch`, all that drizzle calls; its type only lacks the admin methods.
  return drizzle(env.CATALOG.withSession("first-unconstrained") as unknown as D1Database);
}

/**
 * Did the database, or the way to it, fail for the moment? What SQLite itself refuses is refused again.
 * Messages: developers.cloudflare.com/d1/observability/debug-d1.
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // drizzle wraps what D1 says, in a text that holds the query with its values.
  if (error instanceof DrizzleQueryError) return isTransient(error.cause);
  const passes = /^D1_ERROR|Network connection lost|object to be reset|code was updated/;
  return passes.test(error.message) && !error.message.includes("SQLITE_");
}

/** Runs the statements as one transaction: all of them or none (D1 has no BEGIN). */
export async function runBatch(db: Catalog, statements: readonly Statement[]): Promise<void> {
  const [first, ...rest] = statements;
  if (first) await db.batch([first, ...rest]);
}
