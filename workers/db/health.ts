import { sql } from "drizzle-orm";
import type { Catalog } from "./client.ts";
import { runners } from "./runner-schema.ts";
import { cueDatabases } from "./search/shards.ts";
import { counted } from "./statement-count.ts";
import { lanes, scheduler } from "./transcoding-schema.ts";
import { outbox } from "./upkeep-schema.ts";

/** @throws Error when the database does not answer */
export async function pingCatalog(env: Pick<Env, "CATALOG">): Promise<void> {
  await counted(env.CATALOG).prepare("SELECT 1").run();
}

/** @throws Error when a database of the search index does not answer */
export async function pingSearch(env: Pick<Env, "SEARCH">): Promise<void> {
  const databases = new Set([env.SEARCH, ...cueDatabases(env)]);
  await Promise.all(
    Array.from(databases, (database) => counted(database).prepare("SELECT 1").run()),
  );
}

/**
 * Messages that no queue has accepted since `unsentSince`, or that have not been handled since `unhandledSince`. Plan:
 * one row of each index of `outbox`.
 */
export async function hasLateMessages(
  db: Catalog,
  unsentSince: number,
  unhandledSince: number,
): Promise<boolean> {
  // Rows that are not sent have the order of their numbers, hence of their time.
  const [row] = await db.all<{ late: number }>(sql`
    SELECT
      coalesce((SELECT created_at FROM ${outbox} WHERE sent_at IS NULL ORDER BY id LIMIT 1), ${unsentSince}) < ${unsentSince}
      OR EXISTS (SELECT 1 FROM ${outbox} WHERE sent_at IS NOT NULL AND sent_at < ${unhandledSince}) AS late`);
  return row?.late === 1;
}

/**
 * Tasks that may start have waited since `since`, nothing runs, and no runner has asked for work in the meantime. Plan:
 * the totals; if nothing runs, one row of `runners` by time, and lanes up to the first that has waited that long.
 */
export async function hasNoRunner(db: Catalog, since: number): Promise<boolean> {
  const [row] = await db.all<{ stuck: number }>(sql`
    SELECT EXISTS (SELECT 1 FROM ${scheduler} WHERE id = 1 AND running = 0)
      AND NOT EXISTS (SELECT 1 FROM ${runners} WHERE last_seen_at > ${since})
      AND EXISTS (SELECT 1 FROM ${lanes} WHERE held = 0 AND since < ${since}) AS stuck`);
  return row?.stuck === 1;
}
