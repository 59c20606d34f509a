import { sql } from "drizzle-orm";
import { index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Tables of what people search for. Times are integer milliseconds since the epoch. */

/** What people searched for and found: a query once for each person, until it is forgotten. */
export const searchPicks = sqliteTable(
  "search_picks",
  {
    query: text("query").notNull(),
    /** Keyed hash of the account or address. */
    who: text("who").notNull(),
    /** What was opened. */
    videoId: text("video_id").notNull().default(""),
    seenAt: integer("seen_at", { mode: "number" }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.query, table.who] }),
    index("search_picks_seen").on(table.seenAt),
  ],
);

/** Shown only when so many different people have had a query: what one person types stays theirs. Spelt alike in indexes and queries. */
export const whereShared = sql.raw("people >= 3");
/** The first letters of a query, in the spelling of its indexes. */
export const queryStart = (letters: number) => sql.raw(`substr(query, 1, ${letters})`);

/** Queries that several people found something with; see workers/db/popular-searches.ts. */
export const popularSearches = sqliteTable(
  "popular_searches",
  {
    /** Its words, folded. They are what is shown: the spelling and the signs around them are one person's. */
    query: text("query").primaryKey(),
    /** A decayed count of who had it (workers/db/decayed-count.ts). */
    score: real("score").notNull(),
    people: integer("people").notNull(),
  },
  (table) => [
    index("popular_searches_score").on(table.score).where(whereShared),
    // drizzle-kit takes the commas for ends of columns: mend them in its migrations.
    index("popular_searches_1").on(queryStart(1), table.score).where(whereShared),
    index("popular_searches_2").on(queryStart(2), table.score).where(whereShared),
    index("popular_searches_3").on(queryStart(3), table.score).where(whereShared),
  ],
);
