import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { EditedSettings } from "../contract/site-settings.ts";

/** The settings that admins have changed: the newest row applies, some older ones are kept. */
export const siteSettings = sqliteTable("site_settings", {
  version: integer("version").primaryKey(),
  /** The settings that differ from the variables, all of them. */
  edited: text("edited", { mode: "json" }).$type<EditedSettings>().notNull(),
  changedBy: text("changed_by").notNull(),
  /** Milliseconds since the epoch. */
  changedAt: integer("changed_at", { mode: "number" }).notNull(),
});
