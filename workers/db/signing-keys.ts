import { and, desc, eq, isNull, lt, sql } from "drizzle-orm";
import { MAX_PLAYBACK_TOKEN_AGE_MS, REVOCATION_MARGIN_MS } from "../domain/revocations.ts";
import { LIMITS } from "../domain/limits.ts";
import { type Catalog, runBatch } from "./client.ts";
import { keyRevocation } from "./revocations.ts";
import { signingKeys } from "./playback-schema.ts";

export type SigningKeyRow = typeof signingKeys.$inferSelect;
type NewSigningKey = Pick<SigningKeyRow, "kid" | "ownerId" | "name" | "algorithm" | "jwk">;

const MAX_LIVE_KEYS = LIMITS.signingKeysPerAccount;
/** Limit including revoked keys that isolates still hold: twice as many, so that all keys can be replaced at once. */
const MAX_KEYS = 2 * MAX_LIVE_KEYS;

/**
 * Adds a key unless the account has reached its limit, and deletes revoked keys whose last token has expired. One
 * statement counts and inserts, so that concurrent requests cannot exceed the limit.
 * @returns null when the account has too many keys
 */
export async function insertSigningKey(
  db: Catalog,
  { kid, ownerId, name, algorithm, jwk }: NewSigningKey,
): Promise<SigningKeyRow | null> {
  const now = Date.now();
  const mine = eq(signingKeys.ownerId, ownerId);
  const live = db.$count(signingKeys, and(mine, isNull(signingKeys.revokedAt)));
  const all = db.$count(signingKeys, mine);
  const [, [inserted]] = await db.batch([
    db.delete(signingKeys).where(and(mine, lt(signingKeys.revokedAt, expiredAt(now)))),
    db
      .insert(signingKeys)
      .select(
        db
          .select({
            id: sql<number>`null`.as("id"),
            kid: sql<string>`${kid}`.as("kid"),
            ownerId: sql<string>`${ownerId}`.as("owner_id"),
            name: sql<string>`${name}`.as("name"),
            algorithm: sql<typeof algorithm>`${algorithm}`.as("algorithm"),
            jwk: sql<typeof jwk>`${JSON.stringify(jwk)}`.as("jwk"),
            createdAt: sql<number>`${now}`.as("created_at"),
            revokedAt: sql<null>`null`.as("revoked_at"),
          })
          .from(sql`(SELECT 1)`)
          .where(sql`${live} < ${MAX_LIVE_KEYS} AND ${all} < ${MAX_KEYS}`),
      )
      .returning(),
  ]);
  return inserted ?? null;
}

/** When a key was revoked whose last playback token expires now. */
const expiredAt = (now: number): number => now - MAX_PLAYBACK_TOKEN_AGE_MS - REVOCATION_MARGIN_MS;

/** Deletes revoked keys of anyone whose last token has expired. Plan: by `signing_keys_revoked`. */
export async function forgetRevokedKeys(db: Catalog, now: number): Promise<void> {
  await db.delete(signingKeys).where(lt(signingKeys.revokedAt, expiredAt(now)));
}

/** An account's keys, newest first, including recently revoked ones. */
export function listSigningKeys(db: Catalog, ownerId: string): Promise<SigningKeyRow[]> {
  return db
    .select()
    .from(signingKeys)
    .where(eq(signingKeys.ownerId, ownerId))
    .orderBy(desc(signingKeys.id))
    .all();
}

export async function findSigningKey(db: Catalog, kid: string): Promise<SigningKeyRow | null> {
  return (await db.select().from(signingKeys).where(eq(signingKeys.kid, kid)).get()) ?? null;
}

/** Revokes a key and, through the log, every playback token signed with it. Repeating it is harmless. */
export async function revokeSigningKey(db: Catalog, kid: string): Promise<void> {
  const now = Date.now();
  await runBatch(db, [
    db
      .update(signingKeys)
      .set({ revokedAt: now })
      .where(and(eq(signingKeys.kid, kid), isNull(signingKeys.revokedAt))),
    ...keyRevocation(db, kid, now),
  ]);
}
