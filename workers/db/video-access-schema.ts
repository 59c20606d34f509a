import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** Ways into private videos: rows only for videos that have some. Times are integer milliseconds since the epoch. */
const time = (name: string) => integer(name, { mode: "number" });

export const videoPasswords = sqliteTable("video_passwords", {
  videoId: text("video_id").primaryKey(),
  /** Another for each password, so that a pass ends with the password that it was given for. */
  id: text("id").notNull(),
  /** PBKDF2 in hex. */
  hash: text("hash").notNull(),
  createdAt: time("created_at").notNull(),
});

/** Videos whose page others may see before they are published (db/schedules.ts). */
export const premieres = sqliteTable("premieres", { videoId: text("video_id").primaryKey() });

export const accessLinks = sqliteTable(
  "access_links",
  {
    id: text("id").primaryKey(),
    videoId: text("video_id").notNull(),
    name: text("name").notNull(),
    createdAt: time("created_at").notNull(),
    expiresAt: time("expires_at").notNull(),
    uses: integer("uses").notNull().default(0),
    lastUsedAt: time("last_used_at"),
  },
  (table) => [index("access_links_video").on(table.videoId)],
);

/** Accounts that may watch a private video, by their address: it may have no account yet. */
export const videoInvitations = sqliteTable(
  "video_invitations",
  {
    id: text("id").primaryKey(),
    videoId: text("video_id").notNull(),
    email: text("email").notNull(),
    createdAt: time("created_at").notNull(),
    lastUsedAt: time("last_used_at"),
  },
  (table) => [uniqueIndex("video_invitations_once").on(table.videoId, table.email)],
);
