import { and, desc, eq, isNull, notInArray, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { LIMITS } from "../../domain/limits.ts";
import type { Catalog } from "../client.ts";
import { oauthRefreshToken as tokens } from "./oauth-schema.ts";

const named = alias(tokens, "named");

/** Finds a refresh token that is stored, whether live or rotated; null for one that is unknown or no longer stored. */
export async function findRefreshToken(
  db: Catalog,
  hash: string,
): Promise<{ isRotated: boolean; family: string | null } | null> {
  const row = await db
    .select({ revoked: tokens.revoked, family: tokens.authorizationCodeId })
    .from(tokens)
    .where(eq(tokens.token, hash))
    .get();
  return row ? { isRotated: row.revoked !== null, family: row.family } : null;
}

type TokenOrFamily = { hash: string } | { family: string };

/** Condition: the token is of the same app and account as this one. Plan: one row by a unique index, then by the account. */
function isOfSameGrant(db: Catalog, by: TokenOrFamily) {
  const isNamed =
    "hash" in by ? eq(named.token, by.hash) : eq(named.authorizationCodeId, by.family);
  const column = (name: "userId" | "clientId") =>
    sql`(${db.select({ value: named[name] }).from(named).where(isNamed).limit(1)})`;
  return and(eq(tokens.userId, column("userId")), eq(tokens.clientId, column("clientId")));
}

/** Deletes every refresh token of the app and account that this one, or this family, belongs to. */
export async function revokeFamily(db: Catalog, by: TokenOrFamily): Promise<void> {
  await db.delete(tokens).where(isOfSameGrant(db, by));
}

/**
 * Forgets the oldest tokens of an app and account beyond those that a grant can have: first those that were rotated. Plan: the
 * tokens of the account, by index.
 */
export async function forgetOldest(db: Catalog, hash: string): Promise<void> {
  const newest = db
    .select({ id: tokens.id })
    .from(tokens)
    .where(isOfSameGrant(db, { hash }))
    .orderBy(desc(isNull(tokens.revoked)), desc(tokens.createdAt), sql`rowid DESC`)
    .limit(LIMITS.refreshTokensPerGrant);
  await db.delete(tokens).where(and(isOfSameGrant(db, { hash }), notInArray(tokens.id, newest)));
}
