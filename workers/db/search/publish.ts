import type { IndexDocument } from "../../domain/search/document.ts";
import { SEPARATOR } from "../../domain/search/text.ts";
import { momentsStamp, putMoments, removeMoments } from "./moments.ts";
import { momentDatabases, readState, searchDatabases, shardOf, type Slot } from "./shards.ts";
import { putDocuments, removeDocuments } from "./write.ts";
import { learnWords } from "./write-words.ts";

type SearchEnv = Pick<Env, "SEARCH">;

/** The slots that an update must reach: the one that answers and the one that is being built. */
export async function slotsInUse(env: SearchEnv): Promise<Slot[]> {
  const { active, building } = await readState(env);
  return building ? [active, building] : [active];
}

/**
 * Brings slots up to date.
 * @param documents videos that may be found
 * @param gone ids of those that may not, or no longer
 */
export async function publishDocuments(
  env: SearchEnv,
  slots: readonly Slot[],
  documents: readonly IndexDocument[],
  gone: readonly string[],
): Promise<void> {
  const shards = searchDatabases(env);
  const moments = momentDatabases(env);
  for (const slot of slots) {
    for (const [n, db] of shards.entries()) {
      await removeDocuments(
        db,
        slot,
        gone.filter((id) => shardOf(id, shards.length) === n),
      );
      await putDocuments(
        db,
        slot,
        documents.filter((document) => shardOf(document.id, shards.length) === n),
      );
    }
    for (const [n, db] of moments.entries())
      await removeMoments(
        db,
        slot,
        gone.filter((id) => shardOf(id, moments.length) === n),
      );
  }
}

const wordsOf = (text: string): string[] =>
  text.split(" ").filter((word) => word !== "" && word !== SEPARATOR);

/**
 * Brings the caption windows of a video up to date.
 * @param stamp names the caption files; empty when there are none
 * @param read makes the texts of the windows; called only when the files have changed
 */
export async function publishMoments(
  env: SearchEnv,
  slots: readonly Slot[],
  document: IndexDocument,
  stamp: string,
  read: () => Promise<string[]>,
): Promise<void> {
  const { id } = document;
  const moments = momentDatabases(env);
  const db = moments[shardOf(id, moments.length)];
  if (!db) return;
  for (const slot of slots) {
    const before = (await momentsStamp(db, slot, id)) ?? "";
    if (before === stamp) continue;
    if (stamp === "") await removeMoments(db, slot, [id]);
    else {
      const texts = await read();
      await putMoments(db, slot, document, stamp, texts);
      const shards = searchDatabases(env);
      const shard = shards[shardOf(id, shards.length)];
      if (shard) await learnWords(shard, slot, texts.flatMap(wordsOf));
    }
  }
}
