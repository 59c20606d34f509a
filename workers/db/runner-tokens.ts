import { desc, eq, sql } from "drizzle-orm";
import { LIMITS } from "../domain/limits.ts";
import { type Catalog, insertWhen, runBatch } from "./client.ts";
import { countEndedTime } from "./encode-usage.ts";
import { runners, runnerTokens } from "./runner-schema.ts";
import { handBackAll } from "./transcoding/tasks.ts";

export type RunnerTokenRow = typeof runnerTokens.$inferSelect;

/** The id under which a remote runner works: a token is one runner. */
export function remoteRunnerId(tokenId: string): string {
  return `remote-${tokenId}`;
}

/** @returns false when the site has as many tokens as it can have */
export async function insertRunnerToken(db: Catalog, row: RunnerTokenRow): Promise<boolean> {
  const isWithinLimit = sql`${db.$count(runnerTokens)} < ${LIMITS.runnerTokens}`;
  const inserted = await insertWhen(db, runnerTokens, row, isWithinLimit).returning({
    id: runnerTokens.id,
  });
  return inserted.length > 0;
}

/** All tokens, newest first. */
export function listRunnerTokens(db: Catalog): Promise<RunnerTokenRow[]> {
  return db
    .select()
    .from(runnerTokens)
    .orderBy(desc(runnerTokens.createdAt))
    .limit(LIMITS.runnerTokens)
    .all();
}

export async function findRunnerToken(db: Catalog, id: string): Promise<RunnerTokenRow | null> {
  return (await db.select().from(runnerTokens).where(eq(runnerTokens.id, id)).get()) ?? null;
}

/** The id of the token with this hash; null if there is none. Plan: one row by `runner_tokens_hash`. */
export async function runnerTokenOfHash(db: Catalog, hash: string): Promise<string | null> {
  const row = await db
    .select({ id: runnerTokens.id })
    .from(runnerTokens)
    .where(eq(runnerTokens.hash, hash))
    .get();
  return row?.id ?? null;
}

/**
 * Deletes a token and the record of its runner, and gives its tasks to others. Repeating it is harmless.
 * @param budgetMs of a creator's day, for which the time of these tasks counts
 */
export async function deleteRunnerToken(
  db: Catalog,
  id: string,
  budgetMs: number | null,
  now: number,
): Promise<void> {
  await runBatch(db, [
    db.delete(runnerTokens).where(eq(runnerTokens.id, id)),
    db.delete(runners).where(eq(runners.id, remoteRunnerId(id))),
    ...countEndedTime(db, { runner: remoteRunnerId(id), held: [] }, budgetMs, now),
    handBackAll(db, remoteRunnerId(id)),
  ]);
}
