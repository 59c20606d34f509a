import { index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { PublicJwk } from "../contract/signing-keys.ts";

/** Tables of watching: who may, who does, and how far. Times are integer milliseconds since the epoch. */
const time = (name: string) => integer(name, { mode: "number" });
const json = <T>(name: string) => text(name, { mode: "json" }).$type<T>();

/** Public keys with which creators' own servers sign playback tokens. A log: isolates read what is after their last id. */
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
  (table) => [index("signing_keys_owner").on(table.ownerId, table.createdAt)],
);

/**
 * playback tokens that no longer hold, as a log like the above; kept for as long as a grant can live. One row a subject:
 * a newer revocation takes the place of the older.
 */
export const revocations = sqliteTable(
  "revocations",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    /** `video:{id}`, `session:{videoId}/{id}` or `key:{kid}`. */
    subject: text("subject").notNull(),
    /** Grants issued before this moment are refused. */
    at: time("at").notNull(),
    /** When the last of these grants expires. Null if unknown: the longest life of a grant after `at`. */
    until: time("until"),
  },
  (table) => [
    index("revocations_subject").on(table.subject),
    index("revocations_age").on(table.at),
    index("revocations_end").on(table.until),
  ],
);

/** Playback sessions that were counted as a view, kept while their grants may live, so that each counts once. */
export const views = sqliteTable(
  "views",
  {
    videoId: text("video_id").notNull(),
    sessionId: text("session_id").notNull(),
    seenAt: time("seen_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.videoId, table.sessionId] }),
    index("views_age").on(table.seenAt),
  ],
);

/**
 * Playbacks of an account that may go on now, where their number is limited: each has a grant that has not ended.
 */
export const streams = sqliteTable(
  "streams",
  {
    sessionId: text("session_id").primaryKey(),
    userId: text("user_id").notNull(),
    videoId: text("video_id").notNull(),
    /** When its newest grant ends. */
    expiresAt: time("expires_at").notNull(),
  },
  (table) => [index("streams_user").on(table.userId, table.expiresAt)],
);

/** How far an account has watched a video: the newest position only, for "continue" and the history. */
export const watchProgress = sqliteTable(
  "watch_progress",
  {
    userId: text("user_id").notNull(),
    videoId: text("video_id").notNull(),
    /** Seconds. */
    position: real("position").notNull(),
    /** Watched to the end, or nearly: no longer to be continued. */
    finished: integer("finished", { mode: "boolean" }).notNull(),
    updatedAt: time("updated_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.videoId] }),
    index("watch_progress_recent").on(table.userId, table.updatedAt),
    index("watch_progress_video").on(table.videoId),
  ],
);
