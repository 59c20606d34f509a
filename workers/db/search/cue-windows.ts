import {
  type CueWindow,
  ROWS_PER_VIDEO,
  windowAtRow,
  windowRow,
} from "../../domain/search/cue-windows.ts";
import { documentRowid, type IndexDocument } from "../../domain/search/document.ts";
import type { IndexSide } from "./index-state.ts";
import { jsonLists } from "./json-lists.ts";
import type { SearchDatabase, SearchIndex } from "./shards.ts";

/** The text of a window of a caption track. */
export interface CueWindowText extends CueWindow {
  text: string;
}

/** A window that matches a search. */
export interface MatchedCueWindow extends CueWindow {
  /** Id of the video. */
  id: string;
  /** See `CaptionSource`. */
  stamp: string;
}

/** Windows of all tracks read for each video of a page. */
const MAX_WINDOWS_PER_VIDEO = 16;

/** The stamps of the captions that the index has of these videos, by id; videos without captions are missing. */
export async function captionStamps(
  db: SearchDatabase,
  side: IndexSide,
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const { results } = await db
    .prepare(`SELECT id, stamp FROM captioned_${side} WHERE id IN (SELECT value FROM json_each(?))`)
    .bind(JSON.stringify(ids))
    .all<{ id: string; stamp: string }>();
  return new Map(results.map(({ id, stamp }) => [id, stamp]));
}

/**
 * Replaces the windows of a video. Their rowids start with the document's current rowid, so that matches come in order of
 * static score. They stay the same when the score changes later, until the next rebuild.
 */
export async function putCueWindows(
  db: SearchDatabase,
  side: IndexSide,
  document: IndexDocument,
  stamp: string,
  texts: readonly CueWindowText[],
): Promise<void> {
  const { id } = document;
  const base = await freeBase(db, side, document);
  const rows = texts.map((one) => [base + windowRow(one), one.text]);
  await db.batch([
    ...removals(db, side, [id]),
    db
      .prepare(`INSERT INTO captioned_${side} (base, id, stamp) VALUES (?, ?, ?)`)
      .bind(base, id, stamp),
    ...jsonLists(rows).map((list) =>
      db
        .prepare(
          `INSERT INTO cues_${side} (rowid, text) SELECT value ->> 0, value ->> 1 FROM json_each(?)`,
        )
        .bind(list),
    ),
  ]);
}

export async function removeCueWindows(
  db: SearchDatabase,
  side: IndexSide,
  ids: readonly string[],
): Promise<void> {
  if (ids.length > 0) await db.batch(removals(db, side, ids));
}

function removals(
  db: SearchDatabase,
  side: IndexSide,
  ids: readonly string[],
): D1PreparedStatement[] {
  return ids.flatMap((id) => [
    db
      .prepare(
        `DELETE FROM cues_${side}
        WHERE rowid >= (SELECT base FROM captioned_${side} WHERE id = ?1)
          AND rowid < (SELECT base + ${ROWS_PER_VIDEO} FROM captioned_${side} WHERE id = ?1)`,
      )
      .bind(id),
    db.prepare(`DELETE FROM captioned_${side} WHERE id = ?`).bind(id),
  ]);
}

/** Rowid of a document's first window: the 32 bits of the document, then 18 for the window and its track. */
async function freeBase(
  db: SearchDatabase,
  side: IndexSide,
  document: IndexDocument,
): Promise<number> {
  for (let attempt = 0; ; attempt++) {
    const base = documentRowid(document, attempt) * ROWS_PER_VIDEO;
    const owner = await db
      .prepare(`SELECT id FROM captioned_${side} WHERE base = ?`)
      .bind(base)
      .first<string>("id");
    if (owner === null || owner === document.id) return base;
  }
}

/**
 * The first matching windows of each of these videos. Plan: one lookup in `captioned` per id, then one walk of the FTS5
 * table within the video's range of rowids, at most MAX_WINDOWS_PER_VIDEO rows.
 */
export async function findCueWindows(
  index: SearchIndex,
  match: string,
  ids: readonly string[],
): Promise<MatchedCueWindow[]> {
  const { side } = index;
  const cues = `cues_${side}`;
  const shards = await Promise.all(
    index.cues.map((db) =>
      db
        .prepare(
          `SELECT s.id, s.stamp, w.value AS row
          FROM captioned_${side} s, json_each((
            SELECT json_group_array(rowid - s.base) FROM (
              SELECT rowid FROM ${cues}
              WHERE ${cues} MATCH ?2 AND rowid >= s.base AND rowid < s.base + ${ROWS_PER_VIDEO}
              ORDER BY rowid LIMIT ${MAX_WINDOWS_PER_VIDEO}
            )
          )) w
          WHERE s.id IN (SELECT value FROM json_each(?1))`,
        )
        .bind(JSON.stringify(ids), match)
        .all<{ id: string; stamp: string; row: number }>(),
    ),
  );
  return shards
    .flatMap((shard) => shard.results)
    .map(({ id, stamp, row }) => ({ id, stamp, ...windowAtRow(row) }));
}
