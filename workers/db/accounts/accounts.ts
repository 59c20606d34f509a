import { and, asc, desc, eq, gt, isNull, notInArray, sql } from "drizzle-orm";
import { LIMITS } from "../../domain/limits.ts";
import { account, passkey, session, user } from "./auth-schema.ts";
import { type Catalog, idsIn } from "../client.ts";
import { videos } from "../schema.ts";

export type AccountRow = typeof user.$inferSelect;

export async function findAccount(db: Catalog, id: string): Promise<AccountRow | null> {
  return (await db.select().from(user).where(eq(user.id, id)).get()) ?? null;
}

/** The account with an email address, as the auth library writes it: in lower case. */
export async function accountOfEmail(db: Catalog, email: string): Promise<string | null> {
  const query = db.select({ id: user.id }).from(user).where(eq(user.email, email.toLowerCase()));
  return (await query.get())?.id ?? null;
}

/** All videos of an account in any state, also those in its bin. */
export function videosOfAccount(
  db: Catalog,
  userId: string,
): Promise<(typeof videos.$inferSelect)[]> {
  return db
    .select()
    .from(videos)
    .where(and(eq(videos.ownerId, userId), isNull(videos.erasedAt)));
}

/** The sessions of an account, newest first. */
export function sessionsOfAccount(
  db: Catalog,
  userId: string,
): Promise<(typeof session.$inferSelect)[]> {
  return db
    .select()
    .from(session)
    .where(eq(session.userId, userId))
    .orderBy(desc(session.createdAt));
}

/** Ends the oldest sessions of an account beyond those that it can have. Plan: the sessions of the account, by index. */
export async function endOldestSessions(db: Catalog, userId: string): Promise<void> {
  const newest = db
    .select({ id: session.id })
    .from(session)
    .where(eq(session.userId, userId))
    .orderBy(desc(session.createdAt))
    .limit(LIMITS.sessionsPerAccount);
  await db.delete(session).where(and(eq(session.userId, userId), notInArray(session.id, newest)));
}

/** The ways to sign in to an account: passkeys, and the password or identity providers. One round trip. */
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

/** Ids of accounts in their order, from the first after `after`. Plan: the primary key. */
export async function accountIds(db: Catalog, after: string, limit: number): Promise<string[]> {
  const rows = await db
    .select({ id: user.id })
    .from(user)
    .where(gt(user.id, after))
    .orderBy(asc(user.id))
    .limit(limit);
  return rows.map(({ id }) => id);
}

/** Which of these accounts exist. */
export async function accountsAmong(db: Catalog, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db
    .select({ id: user.id })
    .from(user)
    .where(sql`${user.id} IN ${idsIn(ids)}`);
  return new Set(rows.map(({ id }) => id));
}
