import { and, asc, eq, isNull, lt, or } from "drizzle-orm";
import type { Catalog } from "../client.ts";
import { deletedAccounts } from "../upkeep-schema.ts";

type DeletedAccount = typeof deletedAccounts.$inferSelect;

/**
 * Accounts whose contents the sweep has to delete once more: those deleted before `clearBefore` that it has not cleared yet,
 * and those that it forgets, deleted before `forgetBefore`. Plan: by `deleted_accounts_age`, accounts of one hour.
 */
export function accountsToClear(
  db: Catalog,
  { clearBefore, forgetBefore }: { clearBefore: number; forgetBefore: number },
  limit: number,
): Promise<DeletedAccount[]> {
  const { clearedAt, deletedAt } = deletedAccounts;
  return db
    .select()
    .from(deletedAccounts)
    .where(and(lt(deletedAt, clearBefore), or(isNull(clearedAt), lt(deletedAt, forgetBefore))))
    .orderBy(asc(deletedAt))
    .limit(limit);
}

export async function markCleared(db: Catalog, id: string, now: number): Promise<void> {
  await db.update(deletedAccounts).set({ clearedAt: now }).where(eq(deletedAccounts.id, id));
}

export async function forgetDeletedAccount(db: Catalog, id: string): Promise<void> {
  await db.delete(deletedAccounts).where(eq(deletedAccounts.id, id));
}
