import { and, eq, isNull, lt } from "drizzle-orm";
import type { Catalog } from "./client.ts";
import { idempotency } from "./schema.ts";

export type StoredAnswer = typeof idempotency.$inferSelect;
type Key = Pick<StoredAnswer, "principal" | "key">;

function isKey({ principal, key }: Key) {
  return and(eq(idempotency.principal, principal), eq(idempotency.key, key));
}

/**
 * Claims an idempotency key for a request that is about to run.
 * @param staleBefore requests from before this time without a response have died; their keys are free again
 * @returns null when the key is now ours, otherwise the record of the request that has it
 */
export async function takeKey(
  db: Catalog,
  request: Key & { requestHash: string },
  now: number,
  staleBefore: number,
): Promise<StoredAnswer | null> {
  const [, taken, current] = await db.batch([
    db
      .delete(idempotency)
      .where(
        and(isKey(request), isNull(idempotency.status), lt(idempotency.createdAt, staleBefore)),
      ),
    db
      .insert(idempotency)
      .values({ ...request, createdAt: now })
      .onConflictDoNothing()
      .returning(),
    db.select().from(idempotency).where(isKey(request)),
  ]);
  return taken.length > 0 ? null : (current[0] ?? null);
}

/** The number of an account's keys, by the primary key; they are deleted after a day. */
export function countKeys(db: Catalog, principal: string): Promise<number> {
  return db.$count(idempotency, eq(idempotency.principal, principal)).then(Number);
}

/** Stores the response to a request that succeeded. */
export async function keepAnswer(
  db: Catalog,
  key: Key,
  status: number,
  body: string,
): Promise<void> {
  await db.update(idempotency).set({ status, body }).where(isKey(key));
}

/** Frees the key of a request that changed nothing, so that it can be tried again. */
export async function freeKey(db: Catalog, key: Key): Promise<void> {
  await db.delete(idempotency).where(isKey(key));
}

/** Deletes responses from before a time. */
export async function forgetAnswers(db: Catalog, before: number): Promise<void> {
  await db.delete(idempotency).where(lt(idempotency.createdAt, before));
}
