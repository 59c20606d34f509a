import type { SearchIndex } from "./shards.ts";

/**
 * Ids of the documents with the best static score for each FTS5 expression, in one round trip to each shard. Since rowids
 * are in order of that score, each expression reads the first `limit` matches of the body only.
 */
export async function topDocuments(
  index: SearchIndex,
  matches: readonly string[],
  limit: number,
): Promise<string[][]> {
  const { side } = index;
  const shards = await Promise.all(
    index.shards.map((db) =>
      db.batch<{ id: string; rowid: number }>(
        matches.map((match) =>
          db
            .prepare(
              `SELECT d.id, d.rowid AS rowid
              FROM (SELECT rowid FROM body_${side} WHERE body_${side} MATCH ? ORDER BY rowid LIMIT ${limit}) m
              JOIN docs_${side} d ON d.rowid = m.rowid`,
            )
            .bind(match),
        ),
      ),
    ),
  );
  return matches.map((_, i) =>
    shards
      .flatMap((results) => results[i]?.results ?? [])
      .toSorted((a, b) => a.rowid - b.rowid)
      .slice(0, limit)
      .map((row) => row.id),
  );
}
