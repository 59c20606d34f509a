import { and, desc, eq, gte, lt, type SQL, sql } from "drizzle-orm";
import { type Catalog, runBatch } from "./client.ts";
import { HALF_LIFE, oneMore } from "./decayed-count.ts";
import { popularSearches, queryStart, searchPicks, whereShared } from "./search-schema.ts";

/** Letters by which queries are indexed in order of their score. */
const INDEXED_LETTERS = 3;
/** Queries looked at for each that is shown. */
const SPARE = 4;
/** People of whom it is looked at whether what they opened is still listed. */
const SAMPLE = 50;

export interface Pick {
  query: string;
  videoId: string;
  who: string;
}

/** Counts a search that led to a video, once for each person, whatever is delivered twice. */
export async function countPick(db: Catalog, pick: Pick, seenAt: number): Promise<void> {
  const { query, videoId, who } = pick;
  const isNew = sql`not exists (select 1 from ${searchPicks} where query = ${query} and who = ${who})`;
  await runBatch(db, [
    db.insert(popularSearches).values({ query, score: 0, people: 0 }).onConflictDoNothing(),
    db
      .update(popularSearches)
      .set({ score: oneMore(popularSearches.score, seenAt), people: sql`people + 1` })
      .where(and(eq(popularSearches.query, query), isNew)),
    db.insert(searchPicks).values({ query, who, videoId, seenAt }).onConflictDoNothing(),
  ]);
}

/**
 * Most of those who had the query opened what is still listed, and they are enough: the title of a hidden video does not
 * live on as a query. The keys of people are hashes, so the first of them are any.
 */
const leadsSomewhere = sql`(
  select sum(listed) >= 3 and 2 * sum(listed) > count(*) from (
    select exists (
      select 1 from videos v where v.id = p.video_id and v.visibility = 'public'
        and v.state in ('playable', 'ready') and v.deleted_at is null
    ) as listed
    from search_picks p where p.query = begun.query limit ${sql.raw(String(SAMPLE))}
  )
)`;

/** Popular queries that begin with these letters, the most popular first; all of them without any. */
export async function popularStartingWith(
  db: Catalog,
  start: string,
  limit: number,
): Promise<string[]> {
  const letters = Math.min(INDEXED_LETTERS, start.length);
  const conditions: (SQL | undefined)[] = [
    whereShared,
    letters > 0 ? sql`${queryStart(letters)} = ${start.slice(0, letters)}` : undefined,
    start.length > letters
      ? and(gte(popularSearches.query, start), lt(popularSearches.query, `${start}\u{10ffff}`))
      : undefined,
  ];
  const begun = db
    .select()
    .from(popularSearches)
    .where(and(...conditions))
    .orderBy(desc(popularSearches.score))
    .limit(SPARE * limit)
    .as("begun");
  const rows = await db
    .select({ query: begun.query })
    .from(begun)
    .where(leadsSomewhere)
    .orderBy(desc(begun.score))
    .limit(limit);
  return rows.map((row) => row.query);
}

/** Forgets who searched for what, and queries that fewer people had than are ever shown. */
export async function forgetPicks(db: Catalog, before: number): Promise<void> {
  await runBatch(db, [
    db.delete(searchPicks).where(lt(searchPicks.seenAt, before)),
    db
      .delete(popularSearches)
      .where(and(sql`not ${whereShared}`, lt(popularSearches.score, before / HALF_LIFE))),
  ]);
}
