import { and, asc, eq, lte } from "drizzle-orm";
import type { Catalog } from "./client.ts";
import { digests } from "./site-schema.ts";

export interface DueDigest {
  userId: string;
  nextAt: number;
}

export async function hasDigest(db: Catalog, userId: string): Promise<boolean> {
  return (await db.select().from(digests).where(eq(digests.userId, userId)).get()) !== undefined;
}

/** Starts the digests of an account; one that has them keeps its day. */
export async function addDigest(db: Catalog, userId: string, nextAt: number): Promise<void> {
  await db.insert(digests).values({ userId, nextAt }).onConflictDoNothing();
}

export async function removeDigest(db: Catalog, userId: string): Promise<void> {
  await db.delete(digests).where(eq(digests.userId, userId));
}

/** Digests that are due, the oldest first. Plan: the index of times, from its old end. */
export function dueDigests(db: Catalog, now: number, limit: number): Promise<DueDigest[]> {
  return db
    .select()
    .from(digests)
    .where(lte(digests.nextAt, now))
    .orderBy(asc(digests.nextAt))
    .limit(limit);
}

/** Advances a digest before it is sent, so that two runs never send it twice. @returns false if another run has it */
export async function claimDigest(db: Catalog, due: DueDigest, nextAt: number): Promise<boolean> {
  const claimed = await db
    .update(digests)
    .set({ nextAt })
    .where(and(eq(digests.userId, due.userId), eq(digests.nextAt, due.nextAt)))
    .returning({ userId: digests.userId });
  return claimed.length > 0;
}
