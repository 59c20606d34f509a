import { and, eq, exists } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import type { Catalog } from "./client.ts";
import { oauthRefreshToken as tokens } from "./oauth-schema.ts";

/** Whether a refresh token is still on record, be it live or rotated. */
export async function refreshTokenExists(db: Catalog, hash: string): Promise<boolean> {
  const row = await db.select({ id: tokens.id }).from(tokens).where(eq(tokens.token, hash)).get();
  return row !== undefined;
}

/** Deletes every refresh token of the client and user that this one belongs to. */
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
