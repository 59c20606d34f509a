import { and, desc, eq, isNull } from "drizzle-orm";
import { account, passkey, session, user } from "./auth-schema.ts";
import type { Catalog } from "../client.ts";
import { videos } from "../schema.ts";

export type AccountRow = typeof user.$inferSelect;

/** The account with this id, or null. */
export async function findAccount(db: Catalog, id: string): Promise<AccountRow | null> {
  return (await db.select().from(user).where(eq(user.id, id)).get()) ?? null;
}

/** Everything that an account has uploaded and not deleted, whatever its state. */
export function videosOfAccount(
  db: Catalog,
  userId: string,
): Promise<(typeof videos.$inferSelect)[]> {
  return db
    .select()
    .from(videos)
    .where(and(eq(videos.ownerId, userId), isNull(videos.deletedAt)));
}

/** Where an account is signed in, the newest first. */
export const sessionsOfAccount = (
  db: Catalog,
  userId: string,
): Promise<(typeof session.$inferSelect)[]> =>
  db.select().from(session).where(eq(session.userId, userId)).orderBy(desc(session.createdAt));

/** What opens an account beside its sessions: its passkeys, and its password or other providers. One round trip. */
export async function signInWays(db: Catalog, userId: string) {
  const [passkeys, providers] = await db.batch([
    db
      .select({ name: passkey.name, createdAt: passkey.createdAt })
      .from(passkey)
      .where(eq(passkey.userId, userId)),
    db
      .select({ provider: account.providerId, createdAt: account.createdAt })
      .from(account)
      .where(eq(account.userId, userId)),
  ]);
  return { passkeys, providers };
}
