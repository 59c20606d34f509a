import { and, eq, gt, sql } from "drizzle-orm";
import { newId } from "../../domain/id.ts";
import { rateLimit, verification } from "./auth-schema.ts";
import type { Catalog } from "../client.ts";

/**
 * Counts an attempt in one statement, so that concurrent attempts are all counted.
 * @param windowMs milliseconds after which counting starts again, at most an hour
 * @param amount how many attempts this one stands for
 * @returns the number of attempts in this window, including this one
 */
export async function countAttempt(
  db: Catalog,
  key: string,
  windowMs: number,
  amount = 1,
): Promise<number> {
  const now = Date.now();
  const isOver = sql`${rateLimit.lastRequest} <= ${now - windowMs}`;
  const row = await db
    .insert(rateLimit)
    .values({ id: newId(), key, count: amount, lastRequest: now })
    .onConflictDoUpdate({
      target: rateLimit.key,
      set: {
        count: sql`case when ${isOver} then ${amount} else ${rateLimit.count} + ${amount} end`,
        lastRequest: sql`case when ${isOver} then ${now} else ${rateLimit.lastRequest} end`,
      },
    })
    .returning({ count: rateLimit.count })
    .get();
  return row.count;
}

/** The number of attempts that `countAttempt` has counted in this window. */
export async function countOfAttempts(db: Catalog, key: string, windowMs: number): Promise<number> {
  const row = await db
    .select({ count: rateLimit.count })
    .from(rateLimit)
    .where(and(eq(rateLimit.key, key), gt(rateLimit.lastRequest, Date.now() - windowMs)))
    .get();
  return row?.count ?? 0;
}

/** Deletes what proves for an account that its holder got a mail or signed in half-way: reset links, second-factor challenges. */
export async function forgetChallenges(db: Catalog, userId: string): Promise<void> {
  await db.delete(verification).where(eq(verification.value, userId));
}

export async function forgetAttempts(db: Catalog, key: string): Promise<void> {
  await db.delete(rateLimit).where(eq(rateLimit.key, key));
}
