import { and, desc, eq, gte, lt, sql } from "drizzle-orm";
import { type Catalog, runBatch } from "./client.ts";
import { popularSearches, searchPicks } from "./schema.ts";

/** A query is shown only when so many different people have had it: what one person types stays theirs. */
const MIN_PEOPLE = 3;
/** After so many milliseconds a search counts half. */
const HALF_LIFE = 7 * 86_400_000;
/** Queries looked at for one prefix. */
const MOST_ROWS = 300;

export interface Pick {
  query: string;
  text: string;
  videoId: string;
  who: string;
}

/**
 * Counts a search that led to a video, once for each person, whatever is delivered twice. The score is log2 of the sum
 * of 2^(time / half-life): each search keeps its weight relative to all others, so that nothing is ever recomputed.
 */
export async function countPick(db: Catalog, pick: Pick, seenAt: number): Promise<void> {
  const { query, text, videoId, who } = pick;
  const now = seenAt / HALF_LIFE;
  const isNew = sql`not exists (select 1 from ${searchPicks} where query = ${query} and who = ${who})`;
  await runBatch(db, [
    db
      .insert(popularSearches)
      .values({ query, text, videoId, score: 0, people: 0 })
      .onConflictDoNothing(),
    db
      .update(popularSearches)
      .set({
        text,
        videoId,
        score: sql`case when people = 0 then ${now} else ${now} + log2(1 + pow(2, score - ${now})) end`,
        people: sql`people + 1`,
      })
      .where(and(eq(popularSearches.query, query), isNew)),
    db.insert(searchPicks).values({ query, who, seenAt }).onConflictDoNothing(),
  ]);
}

/** Popular queries that begin with these letters, the most popular first; all of them without any. */
export async function popularStartingWith(
  db: Catalog,
  start: string,
  limit: number,
): Promise<{ text: string; query: string; videoId: string }[]> {
  const begun = db
    .select()
    .from(popularSearches)
    .where(
      start
        ? and(
            gte(popularSearches.query, start),
            lt(popularSearches.query, `${start}\u{10ffff}`),
            gte(popularSearches.people, MIN_PEOPLE),
          )
        : gte(popularSearches.people, MIN_PEOPLE),
    )
    .orderBy(...(start ? [] : [desc(popularSearches.score)]))
    .limit(start ? MOST_ROWS : limit)
    .as("begun");
  return db
    .select({ text: begun.text, query: begun.query, videoId: begun.videoId })
    .from(begun)
    .orderBy(desc(begun.score))
    .limit(limit);
}

/** Forgets who searched for what, and queries that fewer people had than are ever shown. */
export async function forgetPicks(db: Catalog, before: number): Promise<void> {
  await runBatch(db, [
    db.delete(searchPicks).where(lt(searchPicks.seenAt, before)),
    db
      .delete(popularSearches)
      .where(
        and(lt(popularSearches.people, MIN_PEOPLE), lt(popularSearches.score, before / HALF_LIFE)),
      ),
  ]);
}
