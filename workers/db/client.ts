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

/** Runs the statements as one transaction: all of them or none (D1 has no BEGIN). */
export async function runBatch(db: Catalog, statements: readonly Statement[]): Promise<void> {
  const [first, ...rest] = statements;
  if (first) await db.batch([first, ...rest]);
}
