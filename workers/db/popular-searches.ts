import { and, desc, eq, gte, lt, type SQL, sql } from "drizzle-orm";
import { type Catalog, runBatch } from "./client.ts";
import { HALF_LIFE_MS, oneMore } from "./decayed-count.ts";
import { popularSearches, queryStart, searchPicks, whereShared } from "./search-schema.ts";

/** Popular searches have indexes by their first letters and score, up to this many letters. */
const MAX_INDEXED_LETTERS = 3;
/** Some queries lead to videos that are no longer listed. */
const CANDIDATES_PER_QUERY = 4;
/** Picks of a query that are checked for still being listed. */
const MAX_SAMPLED_PICKS = 50;
/** Viewers who watched what they found, of whom a suggestion needs as many. */
export const MIN_WATCHED_PICKS = 10;

export interface ViewerPick {
  query: string;
  videoId: string;
  /** Keyed hash of the viewer. */
  who: string;
}

/** Counts a search that led to a video, once per viewer, even if the message is delivered twice. */
export async function countPick(db: Catalog, pick: ViewerPick, seenAt: number): Promise<void> {
  const { query, videoId, who } = pick;
  const isNew = sql`not exists (select 1 from ${searchPicks} where query = ${query} and who = ${who})`;
  await runBatch(db, [
    db.insert(popularSearches).values({ query, score: 0, viewers: 0 }).onConflictDoNothing(),
    db
      .update(popularSearches)
      .set({ score: oneMore(popularSearches.score, seenAt), viewers: sql`people + 1` })
      .where(and(eq(popularSearches.query, query), isNew)),
    db.insert(searchPicks).values({ query, who, videoId, seenAt }).onConflictDoNothing(),
  ]);
}

/**
 * At least this many viewers watched a video that is still listed, and so did most of those sampled, so that a few accounts
 * cannot put a slogan before everyone, and the title of a hidden video does not live on as a query. The keys of viewers are hashes, so the first ones are a random sample. Plan: the primary
 * key of `search_picks` for up to MAX_SAMPLED_PICKS rows, each with one lookup in `videos`.
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

/** Notes that a viewer watched what they had found. Plan: the index `search_picks_viewer`, a row per search. */
export async function markPicksWatched(
  db: Catalog,
  { videoId, who }: { videoId: string; who: string },
): Promise<void> {
  const isTheirs = and(eq(searchPicks.who, who), eq(searchPicks.videoId, videoId));
  await db
    .update(searchPicks)
    .set({ watched: true })
    .where(and(isTheirs, eq(searchPicks.watched, false)));
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

/** Deletes picks from before a time, and queries last picked before it by too few viewers to be shown. */
export async function deleteOldPicks(db: Catalog, before: number): Promise<void> {
  await runBatch(db, [
    db.delete(searchPicks).where(lt(searchPicks.seenAt, before)),
    db
      .delete(popularSearches)
      .where(and(sql`not ${whereShared}`, lt(popularSearches.score, before / HALF_LIFE_MS))),
  ]);
}
