import { and, eq, exists } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import type { Catalog } from "../client.ts";
import { oauthRefreshToken as tokens } from "./oauth-schema.ts";

/** Finds a refresh token that is stored, whether live or rotated; null for an unknown one. */
export async function findRefreshToken(
  db: Catalog,
  hash: string,
): Promise<{ isRotated: boolean } | null> {
  const row = await db
    .select({ revoked: tokens.revoked })
    .from(tokens)
    .where(eq(tokens.token, hash))
    .get();
  return row ? { isRotated: row.revoked !== null } : null;
}

/** Deletes every refresh token of the app and account that this one belongs to. */
export async function revokeFamily(db: Catalog, hash: string): Promise<void> {
  const member = alias(tokens, "member");
  await db.delete(tokens).where(
    exists(
      db
        .select({ id: member.id })
        .from(member)
        .where(
          and(
            eq(member.token, hash),
            eq(member.clientId, tokens.clientId),
            eq(member.userId, tokens.userId),
          ),
        ),
    ),
  );
}
