import { and, eq, exists } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { alias } from "drizzle-orm/sqlite-core";
import { oauthRefreshToken as tokens } from "./oauth-schema.ts";

/** Whether a refresh token is still on record, be it live or rotated. */
export async function refreshTokenExists(database: D1Database, hash: string): Promise<boolean> {
  const row = await drizzle(database)
    .select({ id: tokens.id })
    .from(tokens)
    .where(eq(tokens.token, hash))
    .get();
  return row !== undefined;
}

/** Deletes every refresh token of the client and user that this one belongs to. */
export async function revokeFamily(database: D1Database, hash: string): Promise<void> {
  const orm = drizzle(database);
  const member = alias(tokens, "member");
  await orm.delete(tokens).where(
    exists(
      orm
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
