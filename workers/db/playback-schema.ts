import { sql } from "drizzle-orm";
import { index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { PublicJwk } from "../contract/signing-keys.ts";

/** Tables of playback and its history. Times are integer milliseconds since the epoch. */
const time = (name: string) => integer(name, { mode: "number" });
const json = <T>(name: string) => text(name, { mode: "json" }).$type<T>();

/** Public keys with which creators' own servers sign playback tokens. A log: isolates read the rows after their last id. */
export const signingKeys = sqliteTable(
  "signing_keys",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    kid: text("kid").notNull().unique(),
    ownerId: text("owner_id").notNull(),
    name: text("name").notNull(),
    algorithm: text("algorithm", { enum: ["EdDSA", "RS256"] }).notNull(),
    jwk: json<PublicJwk>("jwk").notNull(),
    createdAt: time("created_at").notNull(),
    revokedAt: time("revoked_at"),
  },
  (table) => [
    index("signing_keys_owner").on(table.ownerId, table.createdAt),
    index("signing_keys_revoked")
      .on(table.revokedAt)
      .where(sql`revoked_at IS NOT NULL`),
  ],
);

/**
 * Revoked playback tokens, as a log like `signing_keys`, kept for as long as a token can live. One row per subject: a
 * newer revocation replaces the older one.
 */
export const revocations = sqliteTable(
  "revocations",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    /** `video:{id}`, `session:{videoId}/{id}`, `account:{tag}` or `key:{kid}`. */
    subject: text("subject").notNull(),
    /** Tokens issued before this time are refused. */
    at: time("at").notNull(),
    /** When the last of these tokens expires. Null if unknown: the maximum lifetime of a token after `at`. */
    until: time("until"),
  },
  (table) => [
    index("revocations_subject").on(table.subject),
    index("revocations_age").on(table.at),
    index("revocations_end").on(table.until),
  ],
);

/**
 * The last flush that the catalogue has of each counter of views (jobs/views/view-counter.ts), so that one which is sent twice is
 * applied once.
 */
export const viewFlushes = sqliteTable("view_flushes", {
  /** Names the storage of one counter; a counter that lost its storage takes a new name. */
  counter: text("counter").primaryKey(),
  sequence: integer("sequence", { mode: "number" }).notNull(),
});

/** Views that were counted before there were counters, which take these rows over (jobs/views/move-views.ts). */
export const views = sqliteTable(
  "views",
  {
    videoId: text("video_id").notNull(),
    sessionId: text("session_id").notNull(),
    /** Keyed hash of the viewer's account or address; empty if unknown. */
    who: text("who").notNull().default(""),
    seenAt: time("seen_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.videoId, table.sessionId] }),
    index("views_person").on(table.videoId, table.who, table.seenAt),
    index("views_age").on(table.seenAt),
  ],
);

/** How far an account has watched a video: only the newest position, for "Continue watching" and the history. */
export const watchProgress = sqliteTable(
  "watch_progress",
  {
    userId: text("user_id").notNull(),
    videoId: text("video_id").notNull(),
    /** Seconds. */
    position: real("position").notNull(),
    /** Watched to the end, or nearly: no longer offered to continue. */
    finished: integer("finished", { mode: "boolean" }).notNull(),
    updatedAt: time("updated_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.videoId] }),
    index("watch_progress_recent").on(table.userId, table.updatedAt),
    index("watch_progress_video").on(table.videoId),
  ],
);
