import { and, desc, eq, gt } from "drizzle-orm";
import type { Role, Scope } from "../../contract/accounts.ts";
import { SCOPES } from "../../contract/scopes.ts";
import { LIMITS } from "../../domain/limits.ts";
import type { Catalog } from "../client.ts";
import { insertWithin } from "../insert-within.ts";
import { personalAccessToken as tokens, user } from "./auth-schema.ts";
import { isActive } from "./suspensions.ts";

function scopesFrom(text: string): Scope[] {
  const granted = new Set(text.split(" "));
  return SCOPES.filter((scope) => granted.has(scope));
}

export interface AccessTokenRow {
  id: string;
  name: string;
  hint: string;
  scopes: Scope[];
  createdAt: Date;
  expiresAt: Date;
  lastUsedAt: Date | null;
}

/** The account behind a token's hash, or null when it is unknown or expired, or the account is suspended. */
export async function findAccessToken(
  db: Catalog,
  hash: string,
  now: number,
): Promise<{ userId: string; role: Role; scopes: Scope[]; expiresAt: number } | null> {
  const row = await db
    .select({
      userId: user.id,
      role: user.role,
      scopes: tokens.scopes,
      expiresAt: tokens.expiresAt,
    })
    .from(tokens)
    .innerJoin(user, eq(user.id, tokens.userId))
    .where(and(eq(tokens.hash, hash), gt(tokens.expiresAt, new Date(now)), isActive))
    .get();
  return row
    ? { ...row, scopes: scopesFrom(row.scopes), expiresAt: row.expiresAt.getTime() }
    : null;
}

export async function touchAccessToken(db: Catalog, hash: string, now: number): Promise<void> {
  await db
    .update(tokens)
    .set({ lastUsedAt: new Date(now) })
    .where(eq(tokens.hash, hash));
}

/** @returns false when the account has as many tokens as it can have */
export async function insertAccessToken(
  db: Catalog,
  token: Omit<AccessTokenRow, "lastUsedAt"> & { userId: string; hash: string },
): Promise<boolean> {
  const insert = db.insert(tokens).values({ ...token, scopes: token.scopes.join(" ") });
  const row = {
    ...{ table: tokens, id: tokens.id, idValue: token.id },
    ...{ owner: tokens.userId, ownerValue: token.userId },
  };
  return insertWithin(db, insert, row, LIMITS.personalTokensPerAccount);
}

/** All tokens of an account, newest first; including expired ones, so that one can see why a script stopped working. */
export async function listAccessTokens(db: Catalog, userId: string): Promise<AccessTokenRow[]> {
  const rows = await db
    .select({
      id: tokens.id,
      name: tokens.name,
      hint: tokens.hint,
      scopes: tokens.scopes,
      createdAt: tokens.createdAt,
      expiresAt: tokens.expiresAt,
      lastUsedAt: tokens.lastUsedAt,
    })
    .from(tokens)
    .where(eq(tokens.userId, userId))
    .orderBy(desc(tokens.createdAt));
  return rows.map((row) => ({ ...row, scopes: scopesFrom(row.scopes) }));
}

/** @returns false when the account has no such token */
export async function deleteAccessToken(db: Catalog, userId: string, id: string): Promise<boolean> {
  const deleted = await db
    .delete(tokens)
    .where(and(eq(tokens.id, id), eq(tokens.userId, userId)))
    .returning({ id: tokens.id });
  return deleted.length > 0;
}
