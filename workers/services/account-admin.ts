import { z } from "zod";
import type {
  AccountListQuery,
  AccountPatch,
  ManagedAccount,
  ManagedAccountPage,
  ManagedSession,
} from "../contract/account-admin.ts";
import { sessionsOfAccount } from "../db/accounts/accounts.ts";
import { forgetChallenges } from "../db/accounts/attempts.ts";
import {
  deleteAccountRow,
  endSessions,
  findManaged,
  listManaged,
  type ManagedRow,
  searchManaged,
  setQuota,
  setRole,
} from "../db/accounts/managed-accounts.ts";
import { endSuspension, isSuspended, suspensionStatements } from "../db/accounts/suspensions.ts";
import { noteAct } from "../audit-note.ts";
import { catalog, runBatch } from "../db/client.ts";
import type { Operation } from "../domain/access-rules.ts";
import { authorizeResource } from "../domain/access.ts";
import { decodeCursor, encodeCursor } from "../domain/cursor.ts";
import { encodeBudgetMs } from "../domain/tasks/encode-budget.ts";
import { AppError } from "../domain/errors.ts";
import { type Principal, signedIn } from "../domain/principal.ts";
import { log } from "../log.ts";
import { accountTags } from "../media/playback-token.ts";
import { deleteAccountContents } from "./accounts.ts";
import { mailerOf, mailSettings } from "./mailer.ts";

const Cursor = z.tuple([z.int()]);

/** These operations treat accounts as belonging to the site, so only admins can find them. */
const OF_SITE = { ownerId: "", visible: false };

/**
 * Accounts, the newest first; those that a text finds, on one page.
 * @throws AppError invalid_cursor
 */
export async function listAccounts(
  env: Pick<Env, "CATALOG">,
  { limit, cursor, q, ...filter }: AccountListQuery,
): Promise<ManagedAccountPage> {
  const db = catalog(env);
  const now = Date.now();
  if (q !== undefined) {
    const rows = await searchManaged(db, q, filter, limit, now);
    return { items: rows.map(presentManaged), nextCursor: null };
  }
  const [before] = cursor === undefined ? [] : decodeCursor(Cursor, cursor);
  const rows = await listManaged(db, filter, before, limit + 1, now);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map(presentManaged),
    nextCursor: rows.length > limit && last ? encodeCursor([last.row]) : null,
  };
}

/** @throws AppError not_found */
export async function getAccount(
  env: Pick<Env, "CATALOG">,
  principal: Principal,
  id: string,
): Promise<ManagedAccount> {
  return presentManaged(await authorizedAccount(env, principal, "accounts.get", id));
}

/**
 * Changes the role or the limits of an account. The new role applies to its tokens at once for writes, and within half
 * a minute for reads.
 * @throws AppError not_found, forbidden for the caller's own role, conflict for the last admin's
 */
export async function changeAccount(
  env: Pick<Env, "CATALOG" | "ENCODE_MINUTES_PER_DAY">,
  principal: Principal,
  id: string,
  { role, quota = {} }: AccountPatch,
): Promise<ManagedAccount> {
  const db = catalog(env);
  const before = await authorizedAccount(env, principal, "accounts.update", id);
  noteAct({
    before: { role: before.role, ...presentManaged(before).quota },
    after: { role, ...quota },
  });
  if (role !== undefined && role !== before.role) {
    assertOther(principal, id, "change your own role");
    if (!(await setRole(db, id, role))) throw lastAdmin();
    log("account.role-changed", {
      id,
      from: before.role,
      to: role,
      by: signedIn(principal).userId,
    });
  }
  if (Object.keys(quota).length > 0) {
    await setQuota(db, id, quota, encodeBudgetMs(env), Date.now());
    log("account.quota-changed", { id, quota, by: signedIn(principal).userId });
  }
  return presentManaged(await authorizedAccount(env, principal, "accounts.update", id));
}

/**
 * Suspends an account: its sessions and tokens end, its playbacks stop within a minute, and its videos are hidden. Its
 * holder is informed by mail. The caller relays the outbox.
 * @throws AppError not_found, forbidden for the caller's own account, conflict for the last admin
 */
export async function suspendAccount(
  env: Env,
  principal: Principal,
  id: string,
  reason: string,
): Promise<void> {
  const db = catalog(env);
  const account = await authorizedAccount(env, principal, "accounts.suspend", id);
  const { suspendedAt, email } = account;
  assertOther(principal, id, "suspend your own account");
  noteAct({ before: { suspension: presentManaged(account).suspension }, after: { reason } });
  const tags = await accountTags(env, id);
  await runBatch(db, suspensionStatements(db, id, { reason, tags }, Date.now()));
  if (!(await isSuspended(db, id))) throw lastAdmin();
  log("account.suspended", { id, by: signedIn(principal).userId });
  if (suspendedAt !== null) return;
  const product = env.PRODUCT_NAME;
  await mailerOf(mailSettings(env))?.send({
    to: email,
    subject: `Your ${product} account is suspended`,
    text: `Your ${product} account is suspended: you cannot sign in, and nobody sees your videos. Nothing of yours is deleted.${
      reason === "" ? "" : `\n\nThe reason: ${reason}`
    }`,
  });
}

/** Ends a suspension, if there is one. The caller relays the outbox. @throws AppError not_found */
export async function unsuspendAccount(
  env: Pick<Env, "CATALOG">,
  principal: Principal,
  id: string,
): Promise<void> {
  const db = catalog(env);
  const account = await authorizedAccount(env, principal, "accounts.unsuspend", id);
  noteAct({ before: { suspension: presentManaged(account).suspension } });
  if (account.suspendedAt === null) return;
  await runBatch(db, endSuspension(db, id, Date.now()));
  log("account.unsuspended", { id, by: signedIn(principal).userId });
}

/**
 * Deletes an account with everything that it has, as its holder can. The caller relays the outbox.
 * @throws AppError not_found, forbidden for the caller's own account, conflict for the last admin
 */
export async function deleteManagedAccount(
  env: Env,
  principal: Principal,
  id: string,
): Promise<void> {
  const db = catalog(env);
  const account = await authorizedAccount(env, principal, "accounts.delete", id);
  assertOther(principal, id, "delete your own account here");
  // Without name and address, because the log outlives the account.
  const { role, createdAt, suspension, usage } = presentManaged(account);
  noteAct({ before: { role, createdAt, suspension, videos: usage.videos, bytes: usage.bytes } });
  // Done first, since the last admin's contents must stay too. From then on triggers refuse what the account still
  // writes.
  if (!(await deleteAccountRow(db, id))) throw lastAdmin();
  await forgetChallenges(db, id);
  await deleteAccountContents(env, id);
  log("account.deleted", { id, by: signedIn(principal).userId });
}

/** The sessions of an account, newest first. @throws AppError not_found */
export async function accountSessions(
  env: Pick<Env, "CATALOG">,
  principal: Principal,
  id: string,
): Promise<ManagedSession[]> {
  await authorizedAccount(env, principal, "accounts.sessions", id);
  const rows = await sessionsOfAccount(catalog(env), id);
  return rows.map((row) => ({
    id: row.id,
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.updatedAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    userAgent: row.userAgent,
  }));
}

/** Signs an account out: everywhere, or of one session. Repeating it is harmless. @throws AppError not_found */
export async function endAccountSessions(
  env: Pick<Env, "CATALOG">,
  principal: Principal,
  id: string,
  sessionId?: string,
): Promise<void> {
  await authorizedAccount(env, principal, "accounts.end-sessions", id);
  const ended = await endSessions(catalog(env), id, sessionId);
  noteAct({ before: { sessions: ended } });
  log("account.sessions-ended", { id, ended, by: signedIn(principal).userId });
}

async function authorizedAccount(
  env: Pick<Env, "CATALOG">,
  principal: Principal,
  operation: Operation,
  id: string,
): Promise<ManagedRow> {
  const row = await findManaged(catalog(env), id, Date.now());
  const account = row && { ...row, ...OF_SITE };
  authorizeResource(principal, operation, account, "account");
  return account;
}

/** @throws AppError forbidden */
function assertOther(principal: Principal, id: string, what: string): void {
  if (signedIn(principal).userId === id)
    throw new AppError("forbidden", `You cannot ${what}. Another admin can.`);
}

const lastAdmin = () =>
  new AppError(
    "conflict",
    "This is the last admin who can sign in. Make another account an admin first.",
  );

function presentManaged(row: ManagedRow): ManagedAccount {
  const { id, name, email, emailVerified, role, suspendedAt, reason, videos, bytes } = row;
  return {
    ...{ id, name, email, emailVerified, role },
    twoFactorEnabled: row.twoFactorEnabled ?? false,
    createdAt: row.createdAt.toISOString(),
    suspension:
      suspendedAt === null
        ? null
        : { since: new Date(suspendedAt).toISOString(), reason: reason ?? "" },
    quota: {
      bytes: row.quotaBytes,
      encodeMinutesPerDay: row.encodeMinutesPerDay,
      uploadsPerDay: row.uploadsPerDay,
    },
    usage: {
      ...{ videos, bytes },
      encodeMinutesToday: Math.round(row.encodeMilliseconds / 60_000),
      uploadsToday: row.uploadsToday,
    },
  };
}
