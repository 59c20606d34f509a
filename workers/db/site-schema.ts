import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { CreatorLink } from "../contract/creators.ts";

/** The video that an admin has chosen for the top of the home page: at most one row, whose id is 1. */
export const editorsPick = sqliteTable("editors_pick", {
  id: integer("id").primaryKey(),
  videoId: text("video_id").notNull(),
  /** Milliseconds since the epoch. */
  chosenAt: integer("chosen_at", { mode: "number" }).notNull(),
});

/** A creator's profile; one row per creator who has filled it in. */
export const creatorProfiles = sqliteTable("creator_profiles", {
  ownerId: text("owner_id").primaryKey(),
  about: text("about").notNull().default(""),
  links: text("links", { mode: "json" })
    .$type<CreatorLink[]>()
    .notNull()
    .default(sql`'[]'`),
  /** File names below the account's images; null without an image. */
  avatar: text("avatar"),
  banner: text("banner"),
});

/** How many follow a creator: the sum that the creator's object writes (account-library.ts). */
export const creatorFollowers = sqliteTable("creator_followers", {
  ownerId: text("owner_id").primaryKey(),
  followers: integer("followers").notNull(),
});

/** Accounts that want a weekly mail with the new videos of the creators that they follow. */
export const digests = sqliteTable(
  "digests",
  {
    userId: text("user_id").primaryKey(),
    /** When the next one is due, in milliseconds since the epoch. */
    nextAt: integer("next_at", { mode: "number" }).notNull(),
  },
  (table) => [index("digests_due").on(table.nextAt)],
);
