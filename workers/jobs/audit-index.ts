import { catalog } from "../db/client.ts";
import { comparedAfter } from "../db/index-lag.ts";
import { indexedIds, readAudited, readCompared, saveAudited } from "../db/search/compare.ts";
import { log } from "../log.ts";
import { missedAmong, repair, skip } from "./repair-index.ts";

type IndexEnv = Pick<Env, "CATALOG" | "SEARCH" | "MEDIA">;

/** Videos of one look. */
const LOOKED_AT = 200;
/** So many of them that are wrong are repaired; of more, the whole index is made anew. */
const REPAIRED = 25;

/**
 * Compares the next videos, in order of their ids and round and round, with the index: what no change tells of, such as a
 * database that was put back from a backup. Reads some hundred rows, whatever the size of CATALOG.
 * @returns true when so much is wrong that a rebuild is due
 */
export async function auditIndex(env: IndexEnv, now: number): Promise<boolean> {
  const [after, compared] = await Promise.all([readAudited(env), readCompared(env)]);
  const rows = await comparedAfter(catalog(env), after, LOOKED_AT);
  const end = rows[LOOKED_AT - 1]?.id ?? null;
  const known = new Set(rows.map((row) => row.id));
  // Twice as many: among more would be more strangers than are repaired.
  const indexed = await indexedIds(env, after, end, 2 * LOOKED_AT);
  const strangers = indexed.filter((id) => !known.has(id));
  // Later changes are still to be compared.
  const settled = rows.filter((row) => row.updatedAt <= (compared?.updatedAt ?? now));
  const wrong = [...(await missedAmong(env, settled)), ...strangers];
  await saveAudited(env, end ?? "");
  if (wrong.length > REPAIRED) {
    log("search.drift", { after, videos: rows.length, wrong: wrong.length });
    return true;
  }
  await skip(env, await repair(env, wrong), now);
  return false;
}
