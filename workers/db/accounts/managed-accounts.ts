import { and, desc, eq, getTableColumns, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import type { AccountListQuery, AccountPatch } from "../../contract/account-admin.ts";
import type { Role } from "../../contract/accounts.ts";
import { utcDay } from "../../domain/tasks/encode-budget.ts";
import { type Catalog, rowsChanged, runBatch } from "../client.ts";
import { holdAgain } from "../encode-usage.ts";
import { encodeUsage } from "../runner-schema.ts";
import { creatorUsage } from "../schema.ts";
import { accountQuotas, suspendedAccounts, uploadDays } from "./account-admin-schema.ts";
import { session, user } from "./auth-schema.ts";
import { noOtherAdmin } from "./suspensions.ts";

/** How many rows a search by a part of a name or an address reads: the newest accounts. */
const SEARCHED_ACCOUNTS = 20_000;

export type ManagedRow = NonNullable<Awaited<ReturnType<typeof findManaged>>>;

/** An account with what admins have decided and what it uses. Plan: a row of each table by its key. */
function managed(db: Catalog, now: number) {
  const day = utcDay(now);
  return db
    .select({
      row: sql<number>`"user".rowid`,
      ...getTableColumns(user),
      suspendedAt: suspendedAccounts.suspendedAt,
      reason: suspendedAccounts.reason,
      quotaBytes: accountQuotas.bytes,
      encodeMinutesPerDay: accountQuotas.encodeMinutesPerDay,
      uploadsPerDay: accountQuotas.uploadsPerDay,
      videos: sql<number>`coalesce(${creatorUsage.videos}, 0)`,
      bytes: sql<number>`coalesce(${creatorUsage.bytes}, 0) + coalesce(${creatorUsage.openBytes}, 0)`,
      encodeMilliseconds: sql<number>`coalesce(${encodeUsage.milliseconds}, 0)`,
      uploadsToday: sql<number>`coalesce(${uploadDays.count}, 0)`,
    })
    .from(user)
    .leftJoin(suspendedAccounts, eq(suspendedAccounts.accountId, user.id))
    .leftJoin(accountQuotas, eq(accountQuotas.accountId, user.id))
    .leftJoin(creatorUsage, eq(creatorUsage.ownerId, user.id))
    .leftJoin(encodeUsage, and(eq(encodeUsage.ownerId, user.id), eq(encodeUsage.day, day)))
    .leftJoin(uploadDays, and(eq(uploadDays.ownerId, user.id), eq(uploadDays.day, day)))
    .$dynamic();
}

export async function findManaged(db: Catalog, id: string, now: number) {
  return (await managed(db, now).where(eq(user.id, id)).get()) ?? null;
}

type AccountFilter = Pick<AccountListQuery, "role" | "status">;

function isAmong({ role, status }: AccountFilter): SQL | undefined {
  return and(
    role && eq(user.role, role),
    status === "active" ? isNull(suspendedAccounts.accountId) : undefined,
    // From the suspended ones, which are few, rather than from all accounts.
    status === "suspended"
      ? and(
          isNotNull(suspendedAccounts.accountId),
          sql`"user".id IN (SELECT account_id FROM suspended_accounts)`,
        )
      : undefined,
  );
}

/** Accounts, the newest first. Plan: the table backwards, the index of roles, or the suspended accounts. */
export function listManaged(
  db: Catalog,
  filter: AccountFilter,
  before: number | undefined,
  limit: number,
  now: number,
) {
  const isBefore = before === undefined ? undefined : sql`"user".rowid < ${before}`;
  return managed(db, now)
    .where(and(isAmong(filter), isBefore))
    .orderBy(desc(sql`"user".rowid`))
    .limit(limit);
}

/**
 * Accounts by their id, by the beginning of their address, and among the newest ones by a part of name or address. One round
 * trip. Plan: two unique indexes, and at most `SEARCHED_ACCOUNTS` rows of the table.
 */
export async function searchManaged(
  db: Catalog,
  text: string,
  filter: AccountFilter,
  limit: number,
  now: number,
) {
  const lower = text.toLowerCase();
  const isAmongFilter = isAmong(filter);
  const [byId, byAddress, byPart] = await db.batch([
    managed(db, now).where(and(eq(user.id, text), isAmongFilter)),
    managed(db, now)
      .where(
        and(
          sql`"user".email >= ${lower} AND "user".email < ${`${lower}\u{10ffff}`}`,
          isAmongFilter,
        ),
      )
      .orderBy(user.email)
      .limit(limit),
    managed(db, now)
      .where(
        and(
          sql`"user".rowid > (SELECT max(rowid) FROM "user") - ${SEARCHED_ACCOUNTS}`,
          sql`instr(lower("user".name || ' ' || "user".email), ${lower}) > 0`,
          isAmongFilter,
        ),
      )
      .orderBy(desc(sql`"user".rowid`))
      .limit(limit),
  ]);
  const found = new Map([...byId, ...byAddress, ...byPart].map((row) => [row.id, row]));
  return [...found.values()].slice(0, limit);
}

/**
 * Gives an account a role, unless it is the last admin and would not be one any more. One statement, so that two admins who
 * demote each other cannot both succeed.
 * @returns whether it has the role
 */
export async function setRole(db: Catalog, id: string, role: Role): Promise<boolean> {
  const mayLose = role === "admin" ? undefined : sql`NOT ${noOtherAdmin(id)}`;
  const result = await db
    .update(user)
    .set({ role })
    .where(and(eq(user.id, id), mayLose));
  return rowsChanged(result) > 0;
}

/** Sets the limits of an account. Waiting tasks continue, or keep waiting, according to the new limits. */
export async function setQuota(
  db: Catalog,
  id: string,
  quota: NonNullable<AccountPatch["quota"]>,
  defaultBudgetMs: number | null,
  now: number,
): Promise<void> {
  await runBatch(db, [
    db
      .insert(accountQuotas)
      .values({ accountId: id, ...quota })
      .onConflictDoUpdate({ target: accountQuotas.accountId, set: quota }),
    holdAgain(db, id, defaultBudgetMs, now),
  ]);
}

/** Ends all sessions of an account, or one. Plan: the sessions of the account, by index. @returns how many it ended */
export async function endSessions(db: Catalog, userId: string, id?: string): Promise<number> {
  const isOne = id === undefined ? undefined : eq(session.id, id);
  return rowsChanged(await db.delete(session).where(and(eq(session.userId, userId), isOne)));
}

/**
 * Deletes the row of an account and, by foreign keys, everything that belongs to it alone. Never deletes the last admin.
 * @returns whether it is gone
 */
export async function deleteAccountRow(db: Catalog, id: string): Promise<boolean> {
  const result = await db.delete(user).where(and(eq(user.id, id), sql`NOT ${noOtherAdmin(id)}`));
  return rowsChanged(result) > 0;
}

/** Forgets how many uploads there were on earlier days. Plan: index `upload_days_age`. */
export async function forgetUploadDays(db: Catalog, now: number): Promise<void> {
  await db.delete(uploadDays).where(sql`${uploadDays.day} < ${utcDay(now)}`);
}
