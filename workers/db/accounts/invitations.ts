import { and, desc, eq, inArray, lte, sql } from "drizzle-orm";
import type { Role } from "../../contract/accounts.ts";
import { LIMITS } from "../../domain/limits.ts";
import { type Catalog, insertWhen, rowsChanged, runBatch } from "../client.ts";
import { invitations } from "./account-admin-schema.ts";
import { user, verification } from "./auth-schema.ts";

/** An account without password, provider or passkey, so no one has ever signed in to it. */
const isUnused = sql`
  NOT EXISTS (SELECT 1 FROM account WHERE user_id = "user".id)
  AND NOT EXISTS (SELECT 1 FROM passkey WHERE user_id = "user".id)`;

const isInvited = sql`EXISTS (SELECT 1 FROM invitations WHERE account_id = "user".id)`;

const columns = {
  id: user.id,
  email: user.email,
  role: user.role,
  createdAt: invitations.createdAt,
  expiresAt: invitations.expiresAt,
};

export type InvitationRow = Awaited<ReturnType<typeof listInvitations>>[number];

/**
 * Open invitations, newest first. Plan: the rows of the table, bounded by its limit, by key each; a CROSS
 * JOIN, because SQLite would begin with all accounts.
 */
export function listInvitations(db: Catalog) {
  return db
    .select(columns)
    .from(invitations)
    .crossJoin(user)
    .where(and(eq(user.id, invitations.accountId), isUnused))
    .orderBy(desc(invitations.createdAt))
    .limit(LIMITS.invitations);
}

interface NewInvitation {
  id: string;
  name: string;
  email: string;
  role: Role;
  createdAt: number;
  expiresAt: number;
  /** The row by which the auth library finds the link's token. */
  verification: { id: string; identifier: string };
}

/**
 * Stores an account that waits for its holder, with the token of its link, in one transaction.
 * @returns null when the address has an account, or too many invitations are open
 */
export async function insertInvitation(
  db: Catalog,
  { id, name, email, role, createdAt, expiresAt, verification: link }: NewInvitation,
): Promise<InvitationRow | null> {
  const isStored = sql`EXISTS (SELECT 1 FROM "user" WHERE id = ${id})`;
  const hasRoom = sql`(SELECT count(*) FROM invitations) < ${LIMITS.invitations}`;
  const token = { ...link, value: id, expiresAt: new Date(expiresAt) };
  await runBatch(db, [
    insertWhen(db, user, { id, name, email, emailVerified: true, role }, hasRoom),
    insertWhen(db, invitations, { accountId: id, createdAt, expiresAt }, isStored),
    insertWhen(db, verification, token, isStored),
  ]);
  return findInvitation(db, id);
}

export async function findInvitation(db: Catalog, id: string): Promise<InvitationRow | null> {
  const row = await db
    .select(columns)
    .from(invitations)
    .innerJoin(user, eq(user.id, invitations.accountId))
    .where(and(eq(user.id, id), isUnused))
    .get();
  return row ?? null;
}

/** Whether an address has an account already, used or not. */
export async function hasAccount(db: Catalog, email: string): Promise<boolean> {
  return (await db.$count(user, eq(user.email, email))) > 0;
}

/** Deletes an invited account, unless it was accepted meanwhile, with the token of its link. @returns whether it did */
export async function deleteInvited(db: Catalog, id: string): Promise<boolean> {
  const deleted = await db.delete(user).where(and(eq(user.id, id), isUnused, isInvited));
  if (rowsChanged(deleted) === 0) return false;
  await db.delete(verification).where(eq(verification.value, id));
  return true;
}

/**
 * Deletes the accounts of invitations that were not accepted in time, and the records of the others. Plan: by
 * `invitations_expiry`, at most as many as there may be.
 */
export async function forgetInvitations(db: Catalog, now: number): Promise<void> {
  const isExpired = lte(invitations.expiresAt, now);
  const expired = db.select({ id: invitations.accountId }).from(invitations).where(isExpired);
  await runBatch(db, [
    db.delete(user).where(and(inArray(user.id, expired), isUnused)),
    db.delete(invitations).where(isExpired),
  ]);
}
