import { sql } from "drizzle-orm";
import { index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Tables of popular searches in CATALOG. Times are integer milliseconds since the epoch. */

/** Searches that led to a video: each query once per viewer, deleted after some time (jobs/search/rebuild-search.ts). */
export const searchPicks = sqliteTable(
  "search_picks",
  {
    query: text("query").notNull(),
    /** Keyed hash of the viewer's account or address. */
    who: text("who").notNull(),
    /** The video that was opened. */
    videoId: text("video_id").notNull().default(""),
    /** The viewer watched it too, so that it counted as a view. */
    watched: integer("watched", { mode: "boolean" }).notNull().default(false),
    seenAt: integer("seen_at", { mode: "number" }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.query, table.who] }),
    index("search_picks_seen").on(table.seenAt),
    index("search_picks_viewer").on(table.who, table.videoId),
  ],
);

/**
 * A query is shown only if this many different viewers searched for it, so that nothing personal is. Indexes and queries use
 * the same text, since SQLite uses a partial index only for its own condition.
 */
export const whereShared = sql.raw("people >= 3");
/** SQL for the first letters of a query, the same text as in its indexes. */
export const queryStart = (letters: number) => sql.raw(`substr(query, 1, ${letters})`);

/** Queries that led viewers to videos; see workers/db/popular-searches.ts. */
export const popularSearches = sqliteTable(
  "popular_searches",
  {
    /** The folded words, which are also what is shown: spelling and punctuation may be personal. */
    query: text("query").primaryKey(),
    /** A decayed count of viewers (workers/db/decayed-count.ts). */
    score: real("score").notNull(),
    /** Number of viewers. */
    viewers: integer("people").notNull(),
  },
  (table) => [
    index("popular_searches_score").on(table.score).where(whereShared),
    // drizzle-kit splits these expressions at their commas: correct the migrations that it generates.
    index("popular_searches_1").on(queryStart(1), table.score).where(whereShared),
    index("popular_searches_2").on(queryStart(2), table.score).where(whereShared),
    index("popular_searches_3").on(queryStart(3), table.score).where(whereShared),
  ],
);
