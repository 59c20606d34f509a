import type { IndexDocument } from "../../domain/search/document.ts";
import { readState, searchDatabases, shardOf } from "./shards.ts";
import { putDocuments, removeDocuments } from "./write.ts";

/**
 * Brings every slot in use up to date: the one that answers and the one that is being built.
 * @param documents videos that may be found
 * @param gone ids of those that may not, or no longer
 */
export async function publishDocuments(
  env: Pick<Env, "SEARCH">,
  documents: readonly IndexDocument[],
  gone: readonly string[],
): Promise<void> {
  const { active, building } = await readState(env);
  const shards = searchDatabases(env);
  for (const [n, db] of shards.entries()) {
    const mine = documents.filter((document) => shardOf(document.id, shards.length) === n);
    const lost = gone.filter((id) => shardOf(id, shards.length) === n);
    for (const slot of building ? [active, building] : [active]) {
      await removeDocuments(db, slot, lost);
      await putDocuments(db, slot, mine);
    }
  }
}
