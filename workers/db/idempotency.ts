import { and, count, eq, isNull, lt } from "drizzle-orm";
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
 * @returns the record of the request that has the key, null when it is now ours; and the number of the account's keys,
 *   by the primary key: they are deleted after a day
 */
export async function takeKey(
  db: Catalog,
  request: Key & { requestHash: string },
  now: number,
  staleBefore: number,
): Promise<{ earlier: StoredAnswer | null; keys: number }> {
  const [, taken, current, keys] = await db.batch([
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
    db
      .select({ count: count() })
      .from(idempotency)
      .where(eq(idempotency.principal, request.principal)),
  ]);
  const earlier = taken.length > 0 ? null : (current[0] ?? null);
  return { earlier, keys: keys[0]?.count ?? 0 };
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
