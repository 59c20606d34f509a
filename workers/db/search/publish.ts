import type { IndexDocument } from "../../domain/search/document.ts";
import { SEPARATOR } from "../../domain/search/text.ts";
import {
  captionStamps,
  type CueWindowText,
  putCueWindows,
  removeCueWindows,
} from "./cue-windows.ts";
import { type IndexSide, readState } from "./index-state.ts";
import { cueDatabases, searchDatabases, shardOf } from "./shards.ts";
import { addCaptionWords } from "./write-words.ts";
import { putDocuments, removeDocuments } from "./write.ts";

type SearchEnv = Pick<Env, "SEARCH">;

/** The sides that an update must reach: the active one and the one that is being rebuilt. */
export async function sidesInUse(env: SearchEnv): Promise<IndexSide[]> {
  const { active, rebuild } = await readState(env);
  return rebuild ? [active, rebuild.side] : [active];
}

/**
 * Brings documents up to date.
 * @param documents videos that search may find
 * @param removed ids of videos that search must not find (any more)
 */
export async function publishDocuments(
  env: SearchEnv,
  sides: readonly IndexSide[],
  documents: readonly IndexDocument[],
  removed: readonly string[],
): Promise<void> {
  await eachDatabase(searchDatabases(env), sides, async (db, side, isOwn) => {
    await removeDocuments(db, side, removed.filter(isOwn));
    await putDocuments(
      db,
      side,
      documents.filter((document) => isOwn(document.id)),
    );
  });
  await eachDatabase(cueDatabases(env), sides, (db, side, isOwn) =>
    removeCueWindows(db, side, removed.filter(isOwn)),
  );
}

/** Does the same on every side of every shard at once. `isOwn` says whether a video belongs to a shard. */
async function eachDatabase(
  databases: readonly D1Database[],
  sides: readonly IndexSide[],
  work: (db: D1Database, side: IndexSide, isOwn: (id: string) => boolean) => Promise<void>,
): Promise<void> {
  await Promise.all(
    databases.flatMap((db, n) =>
      sides.map((side) => work(db, side, (id) => shardOf(id, databases.length) === n)),
    ),
  );
}

const wordsOf = (text: string): string[] =>
  text.split(" ").filter((word) => word !== "" && word !== SEPARATOR);

/** The captions of a video. */
export interface CaptionSource {
  /** The keys of the caption files, joined by spaces; empty if there are none. */
  stamp: string;
  /** Makes the texts of the windows; called only when the stamp has changed. */
  read: () => Promise<CueWindowText[]>;
}

/** Brings the cue windows of videos up to date. */
export async function publishCaptions(
  env: SearchEnv,
  sides: readonly IndexSide[],
  documents: readonly IndexDocument[],
  captionsOf: (id: string) => CaptionSource,
): Promise<void> {
  const shards = searchDatabases(env);
  await eachDatabase(cueDatabases(env), sides, async (db, side, isOwn) => {
    const own = documents.filter((document) => isOwn(document.id));
    const stamps = await captionStamps(
      db,
      side,
      own.map((document) => document.id),
    );
    for (const document of own) {
      const { stamp, read } = captionsOf(document.id);
      if ((stamps.get(document.id) ?? "") === stamp) continue;
      if (stamp === "") {
        await removeCueWindows(db, side, [document.id]);
        continue;
      }
      const texts = await read();
      const shard = shards[shardOf(document.id, shards.length)];
      // Before the stamp is stored: after a failure, the words are then added by the next attempt.
      if (shard)
        await addCaptionWords(
          shard,
          side,
          texts.flatMap(({ text }) => wordsOf(text)),
        );
      await putCueWindows(db, side, document, stamp, texts);
    }
  });
}
