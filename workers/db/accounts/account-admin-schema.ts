import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { user } from "./auth-schema.ts";

/**
 * Admins' decisions about single accounts; other accounts have no rows. Times are integer milliseconds since the epoch.
 */
const time = (name: string) => integer(name, { mode: "number" });
const accountId = (name: string) =>
  text(name)
    .notNull()
    .references(() => user.id, { onDelete: "cascade" });

/** Suspended accounts: they cannot sign in, and their videos are hidden. Triggers refuse to publish their videos. */
export const suspendedAccounts = sqliteTable("suspended_accounts", {
  accountId: accountId("account_id").primaryKey(),
  reason: text("reason").notNull(),
  suspendedAt: time("suspended_at").notNull(),
});

/** Videos that a suspension made private, and who saw them before. */
export const suspendedVideos = sqliteTable(
  "suspended_videos",
  {
    videoId: text("video_id").primaryKey(),
    ownerId: accountId("owner_id"),
    visibility: text("visibility", { enum: ["public", "unlisted", "private"] }).notNull(),
  },
  (table) => [index("suspended_videos_owner").on(table.ownerId)],
);

/** Limits of an account that override the site's limits; null for the site's. */
export const accountQuotas = sqliteTable("account_quotas", {
  accountId: accountId("account_id").primaryKey(),
  bytes: integer("bytes"),
  /** 0 for no limit, as below. */
  encodeMinutesPerDay: integer("encode_minutes_per_day"),
  uploadsPerDay: integer("uploads_per_day"),
});

/** Uploads that an account has begun on a UTC day, where their number is limited. */
export const uploadDays = sqliteTable(
  "upload_days",
  {
    ownerId: text("owner_id").notNull(),
    /** Days since the epoch. */
    day: integer("day").notNull(),
    count: integer("count").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.ownerId, table.day] }),
    index("upload_days_age").on(table.day),
  ],
);

/** Accounts that an admin has created and whose holders have not signed in yet. The row is deleted when it expires. */
export const invitations = sqliteTable(
  "invitations",
  {
    accountId: accountId("account_id").primaryKey(),
    createdAt: time("created_at").notNull(),
    expiresAt: time("expires_at").notNull(),
  },
  (table) => [index("invitations_expiry").on(table.expiresAt)],
);
