import { desc, eq, lte, sql } from "drizzle-orm";
import { user } from "./accounts/auth-schema.ts";
import { type Catalog, rowsChanged } from "./client.ts";
import { siteSettings } from "./settings-schema.ts";

export type SettingsRow = typeof siteSettings.$inferSelect;

/** Versions that are kept, so that a change can be taken back. */
const MAX_VERSIONS = 50;

/** The settings that count; null before the first change. Plan: the last row of the table. */
export async function latestSettings(db: Catalog): Promise<SettingsRow | null> {
  const rows = await db.select().from(siteSettings).orderBy(desc(siteSettings.version)).limit(1);
  return rows[0] ?? null;
}

/** The versions that are kept, the newest first, with the name of who made each. */
export function listSettings(db: Catalog) {
  return db
    .select({
      version: siteSettings.version,
      edited: siteSettings.edited,
      changedAt: siteSettings.changedAt,
      name: user.name,
    })
    .from(siteSettings)
    .leftJoin(user, eq(user.id, siteSettings.changedBy))
    .orderBy(desc(siteSettings.version))
    .limit(MAX_VERSIONS);
}

/**
 * Stores the next version, unless another admin has stored it in the meantime. One transaction.
 * @returns whether it was stored
 */
export async function insertSettings(db: Catalog, row: SettingsRow): Promise<boolean> {
  const { version, edited, changedBy, changedAt } = row;
  const isNext = sql`(SELECT coalesce(max(version), 0) FROM site_settings) = ${version - 1}`;
  const [inserted] = await db.batch([
    db
      .insert(siteSettings)
      .select(
        sql`SELECT ${version}, ${JSON.stringify(edited)}, ${changedBy}, ${changedAt} WHERE ${isNext}`,
      ),
    db.delete(siteSettings).where(lte(siteSettings.version, version - MAX_VERSIONS)),
  ]);
  return rowsChanged(inserted) > 0;
}
