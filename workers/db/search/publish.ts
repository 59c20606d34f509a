import type { IndexDocument } from "../../domain/search/document.ts";
import { SEPARATOR } from "../../domain/search/text.ts";
import { momentsStamps, putMoments, removeMoments, type CueText } from "./moments.ts";
import { momentDatabases, readState, searchDatabases, shardOf, type Slot } from "./shards.ts";
import { putDocuments, removeDocuments } from "./write.ts";
import { learnWords } from "./write-words.ts";

type SearchEnv = Pick<Env, "SEARCH">;

/** The slots that an update must reach: the one that answers and the one that is being built. */
export async function slotsInUse(env: SearchEnv): Promise<Slot[]> {
  const { active, rebuild } = await readState(env);
  return rebuild ? [active, rebuild.slot] : [active];
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
  await eachDatabase(searchDatabases(env), slots, async (db, slot, mine) => {
    await removeDocuments(db, slot, gone.filter(mine));
    await putDocuments(
      db,
      slot,
      documents.filter((document) => mine(document.id)),
    );
  });
  await eachDatabase(momentDatabases(env), slots, (db, slot, mine) =>
    removeMoments(db, slot, gone.filter(mine)),
  );
}

/** Does the same in every slot of every shard at once. `mine`: whether a shard is that of a video. */
async function eachDatabase(
  databases: readonly D1Database[],
  slots: readonly Slot[],
  work: (db: D1Database, slot: Slot, mine: (id: string) => boolean) => Promise<void>,
): Promise<void> {
  await Promise.all(
    databases.flatMap((db, n) =>
      slots.map((slot) => work(db, slot, (id) => shardOf(id, databases.length) === n)),
    ),
  );
}

const wordsOf = (text: string): string[] =>
  text.split(" ").filter((word) => word !== "" && word !== SEPARATOR);

/** What is spoken in a video. */
export interface Spoken {
  /** Names the caption files; empty when there are none. */
  stamp: string;
  /** Makes the texts of the windows; called only when the files have changed. */
  read: () => Promise<CueText[]>;
}

/** Brings the caption windows of videos up to date. */
export async function publishMoments(
  env: SearchEnv,
  slots: readonly Slot[],
  documents: readonly IndexDocument[],
  spokenIn: (id: string) => Spoken,
): Promise<void> {
  const shards = searchDatabases(env);
  await eachDatabase(momentDatabases(env), slots, async (db, slot, mine) => {
    const own = documents.filter((document) => mine(document.id));
    const stamps = await momentsStamps(
      db,
      slot,
      own.map((document) => document.id),
    );
    for (const document of own) {
      const { stamp, read } = spokenIn(document.id);
      if ((stamps.get(document.id) ?? "") === stamp) continue;
      if (stamp === "") {
        await removeMoments(db, slot, [document.id]);
        continue;
      }
      const texts = await read();
      const shard = shards[shardOf(document.id, shards.length)];
      // Before the stamp is stored, or a failure would leave them unknown.
      if (shard)
        await learnWords(
          shard,
          slot,
          texts.flatMap(({ text }) => wordsOf(text)),
        );
      await putMoments(db, slot, document, stamp, texts);
    }
  });
}
