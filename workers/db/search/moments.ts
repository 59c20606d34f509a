import { documentRowid, type IndexDocument } from "../../domain/search/document.ts";
import { MAX_WINDOWS } from "../../domain/search/moments.ts";
import type { SearchDatabase, SearchIndex, Slot } from "./shards.ts";

/** A window of a video's captions. */
export interface SpokenWindow {
  id: string;
  window: number;
}

/** Windows looked at for a query: the videos among them join the candidates. */
const WINDOWS = 60;
/** Windows looked at for the videos of a page. */
const PAGE_WINDOWS = 100;
const JSON_ROWS = "SELECT value FROM json_each(?)";

/** The caption files that the index has of a video; null when none. */
export async function momentsStamp(
  db: SearchDatabase,
  slot: Slot,
  id: string,
): Promise<string | null> {
  const statement = db.prepare(`SELECT stamp FROM spoken_${slot} WHERE id = ?`).bind(id);
  return statement.first<string>("stamp");
}

/**
 * Replaces a video's windows. Their rowids begin with that of the document as it is now, so that videos are heard in order of
 * their static score; they stay when the score changes later, until a rebuild.
 * @param texts one for each window from the start; empty ones are left out
 */
export async function putMoments(
  db: SearchDatabase,
  slot: Slot,
  document: IndexDocument,
  stamp: string,
  texts: readonly string[],
): Promise<void> {
  const { id } = document;
  const base = await freeBase(db, slot, document);
  const rows = texts.flatMap((text, window) => (text ? [[base + window, text]] : []));
  await db.batch([
    ...removals(db, slot, [id]),
    db
      .prepare(`INSERT INTO spoken_${slot} (base, id, stamp) VALUES (?, ?, ?)`)
      .bind(base, id, stamp),
    db
      .prepare(
        `INSERT INTO moments_${slot} (rowid, text) SELECT value ->> 0, value ->> 1 FROM json_each(?)`,
      )
      .bind(JSON.stringify(rows)),
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
        `DELETE FROM moments_${slot} WHERE rowid >= (SELECT base FROM spoken_${slot} WHERE id = ?1) AND rowid < (SELECT base + ${MAX_WINDOWS} FROM spoken_${slot} WHERE id = ?1)`,
      )
      .bind(id),
    db.prepare(`DELETE FROM spoken_${slot} WHERE id = ?`).bind(id),
  ]);

/** Rowid of the document's first window: 32 bits before the number of the window. */
async function freeBase(db: SearchDatabase, slot: Slot, document: IndexDocument): Promise<number> {
  for (let attempt = 0; ; attempt++) {
    const base = documentRowid(document, attempt) * MAX_WINDOWS;
    const owner = await db
      .prepare(`SELECT id FROM spoken_${slot} WHERE base = ?`)
      .bind(base)
      .first<string>("id");
    if (owner === null || owner === document.id) return base;
  }
}

/** Selects the ids of videos in which the words are spoken within one window. */
export const spokenStatement = (
  db: SearchDatabase,
  slot: Slot,
  match: string,
): D1PreparedStatement =>
  db
    .prepare(
      `SELECT DISTINCT s.id FROM (SELECT rowid FROM moments_${slot} WHERE moments_${slot} MATCH ? ORDER BY rowid LIMIT ${WINDOWS}) m JOIN spoken_${slot} s ON s.base = m.rowid - m.rowid % ${MAX_WINDOWS}`,
    )
    .bind(match);

/** Ids of videos in which the words are spoken within one window, where windows have databases of their own. */
export async function findSpoken(index: SearchIndex, match: string): Promise<string[]> {
  const shards = await Promise.all(
    index.moments.map((db) => spokenStatement(db, index.slot, match).all<{ id: string }>()),
  );
  return shards.flatMap((shard) => shard.results.map((row) => row.id));
}

/** The windows of these videos in which the words are spoken. */
export async function spokenWindows(
  index: SearchIndex,
  match: string,
  ids: readonly string[],
): Promise<SpokenWindow[]> {
  const { slot } = index;
  const shards = await Promise.all(
    index.moments.map((db) =>
      db
        .prepare(
          `SELECT s.id, m.rowid - s.base AS window FROM spoken_${slot} s JOIN moments_${slot} m ON m.rowid >= s.base AND m.rowid < s.base + ${MAX_WINDOWS} WHERE s.id IN (${JSON_ROWS}) AND moments_${slot} MATCH ? LIMIT ${PAGE_WINDOWS}`,
        )
        .bind(JSON.stringify(ids), match)
        .all<SpokenWindow>(),
    ),
  );
  return shards.flatMap((shard) => shard.results);
}
