import { z } from "zod";
import { momentDatabases, searchDatabases, type SearchDatabase, type Slot } from "./shards.ts";

const TABLES = ["titles", "head", "body", "moments"];
/** Pages of a step, of four kilobytes: some hundred milliseconds. */
const PAGES = 500;

const Count = z.object({ changes: z.int() });

/**
 * Goes on to make one segment of each FTS5 table. Every transaction leaves a segment, and FTS5 itself keeps up to a score
 * of them, in each of which a search looks up each of its words.
 * @returns false when there was nothing left to do
 */
export async function mergeStep(db: SearchDatabase, slot: Slot): Promise<boolean> {
  const count = () => db.prepare("SELECT total_changes() AS changes");
  const results = await db.batch([
    count(),
    ...TABLES.map((table) =>
      // A negative number takes segments of all levels.
      db.prepare(
        `INSERT INTO ${table}_${slot} (${table}_${slot}, rank) VALUES ('merge', -${PAGES})`,
      ),
    ),
    count(),
  ]);
  const changes = (at: number) => Count.parse(results.at(at)?.results[0]).changes;
  // A merge that finds nothing to do counts as one change, that of its own row.
  return changes(-1) - changes(0) > TABLES.length;
}

/** A step in every database of the index. @returns false when all are done */
export async function mergeIndex(env: Pick<Env, "SEARCH">, slot: Slot): Promise<boolean> {
  const databases = new Set([...searchDatabases(env), ...momentDatabases(env)]);
  const busy = await Promise.all([...databases].map((db) => mergeStep(db, slot)));
  return busy.includes(true);
}
