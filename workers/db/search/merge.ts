import { z } from "zod";
import type { IndexSide } from "./index-state.ts";
import { cueDatabases, type SearchDatabase, searchDatabases } from "./shards.ts";

const TABLES = ["titles", "head", "body", "cues"];
/** Pages of four kilobytes; one step takes a few hundred milliseconds. */
const PAGES_PER_STEP = 500;

const Changes = z.object({ changes: z.int() });

/**
 * One step towards a single segment per FTS5 table. Every transaction leaves a segment. Without merging, FTS5 keeps up
 * to about twenty, and a search looks up each of its words in every one.
 * @returns false when there was nothing left to do
 */
export async function mergeStep(db: SearchDatabase, side: IndexSide): Promise<boolean> {
  const count = () => db.prepare("SELECT total_changes() AS changes");
  const results = await db.batch([
    count(),
    ...TABLES.map((table) =>
      // FTS5, "The 'merge' command": a negative number merges segments of all levels.
      db.prepare(
        `INSERT INTO ${table}_${side} (${table}_${side}, rank) VALUES ('merge', -${PAGES_PER_STEP})`,
      ),
    ),
    count(),
  ]);
  const changes = (at: number) => Changes.parse(results.at(at)?.results[0]).changes;
  // FTS5 counts a merge with nothing to do as one change.
  return changes(-1) - changes(0) > TABLES.length;
}

/** One step in every database of the index. @returns false when all are merged */
export async function mergeIndex(env: Pick<Env, "SEARCH">, side: IndexSide): Promise<boolean> {
  const databases = new Set([...searchDatabases(env), ...cueDatabases(env)]);
  const busy = await Promise.all([...databases].map((db) => mergeStep(db, side)));
  return busy.includes(true);
}
