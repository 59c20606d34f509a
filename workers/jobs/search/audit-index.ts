import { catalog } from "../../db/client.ts";
import { comparedAfter } from "../../db/index-lag.ts";
import {
  indexedIds,
  readAuditPosition,
  readComparison,
  saveAuditPosition,
} from "../../db/search/compare.ts";
import { log } from "../../log.ts";
import { staleAmong, repair, skip } from "./repair-index.ts";

type IndexEnv = Pick<Env, "CATALOG" | "SEARCH" | "MEDIA">;

const VIDEOS_PER_AUDIT = 200;
/** If more videos than this are wrong in the index, it is rebuilt instead. */
const MAX_REPAIRS = 25;

/**
 * Compares the next videos in order of their ids with the index, starting over after the last. This finds differences
 * that no change has caused, such as a database restored from a backup. Reads a few hundred rows, for any size of
 * CATALOG.
 * @returns true if there are so many differences that the index needs a rebuild
 */
export async function auditIndex(env: IndexEnv, now: number): Promise<boolean> {
  const [after, comparison] = await Promise.all([readAuditPosition(env), readComparison(env)]);
  const rows = await comparedAfter(catalog(env), after, VIDEOS_PER_AUDIT);
  const end = rows[VIDEOS_PER_AUDIT - 1]?.id ?? null;
  const catalogIds = new Set(rows.map((row) => row.id));
  // Twice as many as compared: beyond that, there are more unknown ids than are repaired.
  const indexed = await indexedIds(env, after, end, 2 * VIDEOS_PER_AUDIT);
  const unknown = indexed.filter((id) => !catalogIds.has(id));
  // Changes after the last comparison are not missing yet.
  const settled = rows.filter((row) => row.updatedAt <= (comparison?.updatedAt ?? now));
  const wrong = [...(await staleAmong(env, settled)), ...unknown];
  await saveAuditPosition(env, end ?? "");
  if (wrong.length > MAX_REPAIRS) {
    log("search.drift", { after, videos: rows.length, wrong: wrong.length });
    return true;
  }
  await skip(env, await repair(env, wrong), now);
  return false;
}
