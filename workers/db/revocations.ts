import { and, asc, gt, isNull, lt, or } from "drizzle-orm";
import type { Catalog } from "./client.ts";
import { revocations, signingKeys } from "./playback-schema.ts";

/** A session is one of its video, since creators choose the ids of theirs. */
type Subject = `video:${string}` | `session:${string}/${string}` | `key:${string}`;

/** Milliseconds that a revocation is kept beyond its grants: clocks differ, and isolates follow the log late. */
const MARGIN = 3_600_000;

/** No grant lives longer, in milliseconds, so that a revocation older than this stands for nothing. */
export const MAX_GRANT_AGE = 86_400_000;

/**
 * The statement that revokes every grant of a subject issued until now; for the batch of the change that calls for
 * it (a video that becomes private or is deleted).
 */
export const revocation = (db: Catalog, subject: Subject, at = Date.now()) =>
  db.insert(revocations).values({ subject, at });

/**
 * Revokes every grant of a subject issued until now, and forgets revocations that no grant can outlive.
 * @param lifetime milliseconds that its grants live at most
 */
export async function revoke(
  db: Catalog,
  subject: Subject,
  lifetime = MAX_GRANT_AGE,
): Promise<void> {
  const at = Date.now();
  await db.batch([
    db.insert(revocations).values({ subject, at, until: at + lifetime }),
    db
      .delete(revocations)
      .where(
        or(lt(revocations.until, at - MARGIN), lt(revocations.at, at - MAX_GRANT_AGE - MARGIN)),
      ),
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
