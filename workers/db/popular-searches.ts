import { and, desc, eq, gte, lt, type SQL, sql } from "drizzle-orm";
import { type Catalog, runBatch, type Statement } from "./client.ts";
import { countPlus, HALF_LIFE_MS } from "./decayed-count.ts";
import { popularSearches, queryStart, searchPicks, whereShared } from "./search-schema.ts";

/** Popular searches have indexes by their first letters and score, up to this many letters. */
const MAX_INDEXED_LETTERS = 3;
/** Results read in addition, because some queries lead to videos that are no longer listed. */
const CANDIDATES_PER_QUERY = 4;
/** Picks of a query that are checked for still being listed. */
const MAX_SAMPLED_PICKS = 50;
/** How many viewers must have watched what they found before a search is suggested. */
export const MIN_WATCHED_PICKS = 10;

/** A viewer opened a search result. */
export interface ViewerPick {
  query: string;
  videoId: string;
  /** Keyed hash of the viewer. */
  who: string;
  /** Milliseconds since the epoch. */
  at: number;
}

/**
 * Statements that count searches which led to a listed video, each once per viewer, even if they run twice. Plan: per pick
 * one row by the primary keys of `videos`, `search_picks` and `popular_searches`.
 */
export function pickStatements(db: Catalog, picks: readonly ViewerPick[]): Statement[] {
  if (picks.length === 0) return [];
  const given = sql`(
    SELECT value ->> 'query' AS query, value ->> 'who' AS who, value ->> 'videoId' AS video_id, value ->> 'at' AS seen_at
    FROM json_each(${JSON.stringify(picks)}))`;
  const fresh = sql`(
    SELECT given.* FROM ${given} AS given JOIN videos v ON v.id = given.video_id
    WHERE v.visibility = 'public' AND v.state IN ('playable', 'ready') AND v.deleted_at IS NULL
      AND NOT EXISTS (
        SELECT 1 FROM search_picks p WHERE p.query = given.query AND p.who = given.who)
    GROUP BY given.query, given.who)`;
  return [
    db
      .insert(popularSearches)
      .select(sql`SELECT DISTINCT query, 0, 0 FROM ${fresh} WHERE true`)
      .onConflictDoNothing(),
    db
      .update(popularSearches)
      .set({
        score: countPlus(sql`score`, sql`n`, sql`seen_at`),
        viewers: sql`people + n`,
      })
      .from(
        sql`(
          SELECT query AS picked, count(*) AS n, max(seen_at) AS seen_at FROM ${fresh}
          GROUP BY query)`,
      )
      .where(sql`query = picked`),
    db
      .insert(searchPicks)
      .select(sql`SELECT query, who, video_id, 0, seen_at FROM ${fresh} WHERE true`)
      .onConflictDoNothing(),
  ];
}

/**
 * At least this many viewers watched a video that is still listed, and so did most of those sampled, so that a few accounts
 * cannot put a slogan before everyone, and the title of a hidden video does not live on as a query. The keys of viewers
 * are hashes, so the first ones are a random sample. Plan: the primary key of `search_picks` for up to MAX_SAMPLED_PICKS
 * rows, each with one lookup in `videos`.
 */
const leadsToListedVideos = sql`(
  select sum(listed) >= ${sql.raw(String(MIN_WATCHED_PICKS))} and 2 * sum(listed) > count(*) from (
    select exists (
      select 1 from videos v where v.id = p.video_id and v.visibility = 'public'
        and v.state in ('playable', 'ready') and v.deleted_at is null
    ) as listed
    from search_picks p where p.query = candidates.query and p.watched limit ${sql.raw(String(MAX_SAMPLED_PICKS))}
  )
)`;

/**
 * Statements that record which viewers watched what they had found. Plan: the index `search_picks_viewer`, a row per
 * search of each viewer.
 */
export function watchedPickStatements(
  db: Catalog,
  watched: readonly { videoId: string; who: string }[],
): Statement[] {
  if (watched.length === 0) return [];
  return [
    db
      .update(searchPicks)
      .set({ watched: true })
      .from(
        sql`(
          SELECT value ->> 'who' AS viewer, value ->> 'videoId' AS video
          FROM json_each(${JSON.stringify(watched)}))`,
      )
      .where(sql`who = viewer AND video_id = video AND NOT watched`),
  ];
}

/** Popular queries that begin with these letters, most popular first; without letters, the most popular of all. */
export async function popularStartingWith(
  db: Catalog,
  start: string,
  limit: number,
): Promise<string[]> {
  const letters = Math.min(MAX_INDEXED_LETTERS, start.length);
  const conditions: (SQL | undefined)[] = [
    whereShared,
    letters > 0 ? sql`${queryStart(letters)} = ${start.slice(0, letters)}` : undefined,
    start.length > letters
      ? and(gte(popularSearches.query, start), lt(popularSearches.query, `${start}\u{10ffff}`))
      : undefined,
  ];
  const candidates = db
    .select()
    .from(popularSearches)
    .where(and(...conditions))
    .orderBy(desc(popularSearches.score))
    .limit(CANDIDATES_PER_QUERY * limit)
    .as("candidates");
  const rows = await db
    .select({ query: candidates.query })
    .from(candidates)
    .where(leadsToListedVideos)
    .orderBy(desc(candidates.score))
    .limit(limit);
  return rows.map((row) => row.query);
}

/** Statement that deletes the searches of a viewer. Plan: the index `search_picks_viewer`. */
export function forgetPicks(db: Catalog, who: string): Statement {
  return db.delete(searchPicks).where(eq(searchPicks.who, who));
}

/** Deletes picks from before a time, and queries last picked before it by too few viewers to be shown. */
export async function deleteOldPicks(db: Catalog, before: number): Promise<void> {
  await runBatch(db, [
    db.delete(searchPicks).where(lt(searchPicks.seenAt, before)),
    db
      .delete(popularSearches)
      .where(and(sql`not ${whereShared}`, lt(popularSearches.score, before / HALF_LIFE_MS))),
  ]);
}
