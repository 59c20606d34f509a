import { documentRowid, type IndexDocument } from "../../domain/search/document.ts";
import { type Place, placeOf, rowOf, VIDEO_ROWS } from "../../domain/search/moments.ts";
import { jsonLists } from "./json-lists.ts";
import type { SearchDatabase, SearchIndex, Slot } from "./shards.ts";

/** What is said in a window of a caption track. */
export interface CueText extends Place {
  text: string;
}

/** A window of a video's captions. */
export interface CueWindow extends Place {
  id: string;
  /** What the windows were made of; see `publishMoments`. */
  stamp: string;
}

/** Windows of all tracks looked at for each video of a page. */
const VIDEO_WINDOWS = 16;

/** The caption files that the index has of these videos; of one without any, nothing. */
export async function momentsStamps(
  db: SearchDatabase,
  slot: Slot,
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const { results } = await db
    .prepare(`SELECT id, stamp FROM spoken_${slot} WHERE id IN (SELECT value FROM json_each(?))`)
    .bind(JSON.stringify(ids))
    .all<{ id: string; stamp: string }>();
  return new Map(results.map(({ id, stamp }) => [id, stamp]));
}

/**
 * Replaces a video's windows. Their rowids begin with that of the document as it is now, so that videos are heard in order of
 * their static score; they stay when the score changes later, until a rebuild.
 */
export async function putMoments(
  db: SearchDatabase,
  slot: Slot,
  document: IndexDocument,
  stamp: string,
  texts: readonly CueText[],
): Promise<void> {
  const { id } = document;
  const base = await freeBase(db, slot, document);
  const rows = texts.map((one) => [base + rowOf(one), one.text]);
  await db.batch([
    ...removals(db, slot, [id]),
    db
      .prepare(`INSERT INTO spoken_${slot} (base, id, stamp) VALUES (?, ?, ?)`)
      .bind(base, id, stamp),
    ...jsonLists(rows).map((list) =>
      db
        .prepare(
          `INSERT INTO moments_${slot} (rowid, text) SELECT value ->> 0, value ->> 1 FROM json_each(?)`,
        )
        .bind(list),
    ),
  ]);
}

export async function removeMoments(
  db: SearchDatabase,
  slot: Slot,
  ids: readonly string[],
): Promise<void> {
  if (ids.length > 0) await db.batch(removals(db, slot, ids));
}

const removals = (db: SearchDatabase, slot: Slot, ids: readonly string[]): D1PreparedStatement[] =>
  ids.flatMap((id) => [
    db
      .prepare(
        `DELETE FROM moments_${slot} WHERE rowid >= (SELECT base FROM spoken_${slot} WHERE id = ?1) AND rowid < (SELECT base + ${VIDEO_ROWS} FROM spoken_${slot} WHERE id = ?1)`,
      )
      .bind(id),
    db.prepare(`DELETE FROM spoken_${slot} WHERE id = ?`).bind(id),
  ]);

/** Rowid of the document's first window: 32 bits before the 18 of the window and its track. */
async function freeBase(db: SearchDatabase, slot: Slot, document: IndexDocument): Promise<number> {
  for (let attempt = 0; ; attempt++) {
    const base = documentRowid(document, attempt) * VIDEO_ROWS;
    const owner = await db
      .prepare(`SELECT id FROM spoken_${slot} WHERE base = ?`)
      .bind(base)
      .first<string>("id");
    if (owner === null || owner === document.id) return base;
  }
}

/** The first windows of each of these videos in which the words are spoken. */
export async function cueWindows(
  index: SearchIndex,
  match: string,
  ids: readonly string[],
): Promise<CueWindow[]> {
  const { slot } = index;
  const moments = `moments_${slot}`;
  const windows = `SELECT json_group_array(rowid - s.base) FROM (SELECT rowid FROM ${moments} WHERE ${moments} MATCH ?2 AND rowid >= s.base AND rowid < s.base + ${VIDEO_ROWS} ORDER BY rowid LIMIT ${VIDEO_WINDOWS})`;
  const shards = await Promise.all(
    index.moments.map((db) =>
      db
        .prepare(
          `SELECT s.id, s.stamp, w.value AS row FROM spoken_${slot} s, json_each((${windows})) w WHERE s.id IN (SELECT value FROM json_each(?1))`,
        )
        .bind(JSON.stringify(ids), match)
        .all<{ id: string; stamp: string; row: number }>(),
    ),
  );
  return shards
    .flatMap((shard) => shard.results)
    .map(({ id, stamp, row }) => ({ id, stamp, ...placeOf(row) }));
}
