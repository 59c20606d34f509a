import { and, desc, eq, isNull } from "drizzle-orm";
import type { Catalog } from "./client.ts";
import { revocation } from "./revocations.ts";
import { signingKeys } from "./playback-schema.ts";

export type SigningKeyRow = typeof signingKeys.$inferSelect;

export async function insertSigningKey(
  db: Catalog,
  key: Pick<SigningKeyRow, "kid" | "ownerId" | "name" | "algorithm" | "jwk">,
): Promise<SigningKeyRow> {
  return db
    .insert(signingKeys)
    .values({ ...key, createdAt: Date.now() })
    .returning()
    .get();
}

/** An owner's keys, newest first, revoked ones too. */
export const listSigningKeys = (db: Catalog, ownerId: string): Promise<SigningKeyRow[]> =>
  db
    .select()
    .from(signingKeys)
    .where(eq(signingKeys.ownerId, ownerId))
    .orderBy(desc(signingKeys.id))
    .limit(100)
    .all();

export async function findSigningKey(db: Catalog, kid: string): Promise<SigningKeyRow | null> {
  return (await db.select().from(signingKeys).where(eq(signingKeys.kid, kid)).get()) ?? null;
}

/** Ends a key and, through the log, every grant it has signed. Again is harmless. */
export async function revokeSigningKey(db: Catalog, kid: string): Promise<void> {
  const now = Date.now();
  await db.batch([
    db
      .update(signingKeys)
      .set({ revokedAt: now })
      .where(and(eq(signingKeys.kid, kid), isNull(signingKeys.revokedAt))),
    revocation(db, `key:${kid}`, now),
  ]);
}
