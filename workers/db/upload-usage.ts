import { and, eq, sql } from "drizzle-orm";
import { utcDay } from "../domain/tasks/encode-budget.ts";
import { accountQuotas, uploadDays } from "./accounts/account-admin-schema.ts";
import type { Catalog } from "./client.ts";
import { creatorUsage } from "./schema.ts";

/**
 * A creator's usage: bytes (stored sources, including the bin, and the announced sizes of open uploads), videos and
 * open uploads. One row.
 */
export function usage(db: Catalog, ownerId: string) {
  return db
    .select({
      bytes: sql<number>`${creatorUsage.bytes} + ${creatorUsage.openBytes}`,
      videos: creatorUsage.videos,
      openUploads: creatorUsage.openUploads,
    })
    .from(creatorUsage)
    .where(eq(creatorUsage.ownerId, ownerId));
}

/** An account's own limits, where they differ from the site's. Plan: one row by its key. */
export function quotaOf(db: Catalog, ownerId: string) {
  return db
    .select({ bytes: accountQuotas.bytes, uploadsPerDay: accountQuotas.uploadsPerDay })
    .from(accountQuotas)
    .where(eq(accountQuotas.accountId, ownerId));
}

/** An account's usage, and its own limits. */
export interface UploadUsage {
  bytes: number;
  videos: number;
  openUploads: number;
  /** Uploads started on this UTC day; 0 if they are not limited. */
  uploadsToday: number;
  quota: { bytes: number | null; uploadsPerDay: number | null };
}

export const NO_QUOTA = { bytes: null, uploadsPerDay: null };

/**
 * Statements for the start of an upload: they count it towards the daily limit, if there is one, and read the account's
 * usage.
 */
export function startOf(
  db: Catalog,
  { ownerId, createdAt }: { ownerId: string; createdAt: number },
  uploadsPerDay: number,
) {
  const day = utcDay(createdAt);
  const own = sql`(SELECT uploads_per_day FROM account_quotas WHERE account_id = ${ownerId})`;
  return [
    db
      .insert(uploadDays)
      .select(sql`SELECT ${ownerId}, ${day}, 1 WHERE coalesce(${own}, ${uploadsPerDay}) > 0`)
      .onConflictDoUpdate({
        target: [uploadDays.ownerId, uploadDays.day],
        set: { count: sql`count + 1` },
      }),
    usage(db, ownerId),
    quotaOf(db, ownerId),
    db
      .select({ count: uploadDays.count })
      .from(uploadDays)
      .where(and(eq(uploadDays.ownerId, ownerId), eq(uploadDays.day, day))),
  ] as const;
}

export function usageOf(
  used: Awaited<ReturnType<typeof usage>>,
  quota: Awaited<ReturnType<typeof quotaOf>>,
  today: readonly { count: number }[],
): UploadUsage {
  return {
    ...(used[0] ?? { bytes: 0, videos: 0, openUploads: 0 }),
    uploadsToday: today[0]?.count ?? 0,
    quota: quota[0] ?? NO_QUOTA,
  };
}
