import { and, asc, gt, isNull, lt } from "drizzle-orm";
import type { Catalog } from "./client.ts";
import { revocations, signingKeys } from "./schema.ts";

/** A session is one of its video, since creators choose the ids of theirs. */
type Subject = `video:${string}` | `session:${string}/${string}` | `key:${string}`;

/** No grant lives longer, in milliseconds, so that a revocation older than this stands for nothing. */
export const MAX_GRANT_AGE = 86_400_000;

/**
 * The statement that revokes every grant of a subject issued until now; for the batch of the change that calls for
 * it (a video that becomes private or is deleted).
 */
export const revocation = (db: Catalog, subject: Subject, at = Date.now()) =>
  db.insert(revocations).values({ subject, at });

/** Revokes every grant of a subject issued until now, and forgets revocations that no grant can outlive. */
export async function revoke(db: Catalog, subject: Subject): Promise<void> {
  const now = Date.now();
  await db.batch([
    revocation(db, subject, now),
    db.delete(revocations).where(lt(revocations.at, now - 2 * MAX_GRANT_AGE)),
  ]);
}

/** Where in the two logs a reader stands. */
export interface LogPosition {
  key: number;
  revocation: number;
}

/** What was appended after a position: keys that are not revoked, and revocations. One round trip. */
export async function readDeliveryLog(db: Catalog, after: LogPosition) {
  const [keys, revoked] = await db.batch([
    db
      .select()
      .from(signingKeys)
      .where(and(gt(signingKeys.id, after.key), isNull(signingKeys.revokedAt)))
      .orderBy(asc(signingKeys.id)),
    db
      .select()
      .from(revocations)
      .where(gt(revocations.id, after.revocation))
      .orderBy(asc(revocations.id)),
  ]);
  return { keys, revoked };
}
