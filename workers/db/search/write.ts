import { documentRowid, type IndexDocument } from "../../domain/search/document.ts";
import { SEPARATOR } from "../../domain/search/text.ts";
import { type IndexRow, toIndexRow } from "./index-row.ts";
import type { IndexSide } from "./index-state.ts";
import { jsonLists } from "./json-lists.ts";
import type { SearchDatabase } from "./shards.ts";
import { findCountedWords, findNewWords, updateCounts } from "./write-words.ts";

interface StoredDocument {
  id: string;
  rowid: number;
  revision: number;
  card: string;
}

const JSON_VALUES = "SELECT value FROM json_each(?)";

/**
 * Writes documents into one side of one shard in one transaction. A document that the index has in a newer revision, or in
 * the same revision with the same card, is left alone, so repeated and late messages change nothing.
 * @returns how many were written
 */
export async function putDocuments(
  db: SearchDatabase,
  side: IndexSide,
  documents: readonly IndexDocument[],
): Promise<number> {
  const unique = [...new Map(documents.map((document) => [document.id, document])).values()];
  const ids = unique.map((document) => document.id);
  const stored = new Map((await readStored(db, side, ids)).map((row) => [row.id, row]));
  const current = unique.filter(({ id, revision }) => revision >= (stored.get(id)?.revision ?? 0));
  const rowids = await freeRowids(db, side, current);
  // FTS5 collects rows in memory as long as their rowids rise: a sorted batch becomes one segment.
  const rows = current
    .map((document) => toIndexRow(document, rowids.get(document.id) ?? 0))
    .filter(({ document, card }) => {
      const old = stored.get(document.id);
      return old?.revision !== document.revision || old.card !== card;
    })
    .toSorted((a, b) => a.rowid - b.rowid);
  if (rows.length === 0) return 0;
  const counts = await addedCounts(db, side, rows, stored);
  const stale = rows.flatMap(({ document }) => stored.get(document.id)?.rowid ?? []);
  await db.batch([
    ...removals(db, side, stale),
    ...insertRows(db, side, rows),
    ...updateCounts(db, side, counts, await findNewWords(db, side, counts.keys())),
  ]);
  return rows.length;
}

/** Removes videos from one side of one shard, at any revision. */
export async function removeDocuments(
  db: SearchDatabase,
  side: IndexSide,
  ids: readonly string[],
): Promise<void> {
  const rows = await readStored(db, side, ids);
  if (rows.length === 0) return;
  await db.batch([
    ...removals(
      db,
      side,
      rows.map((row) => row.rowid),
    ),
    // All other words keep their count: it is an estimate, and a word without videos is harmless.
    db.prepare(`UPDATE words_${side} SET df = df - ? WHERE term = ?`).bind(rows.length, SEPARATOR),
  ]);
}

async function readStored(
  db: SearchDatabase,
  side: IndexSide,
  ids: readonly string[],
): Promise<StoredDocument[]> {
  if (ids.length === 0) return [];
  const { results } = await db
    .prepare(`SELECT id, rowid, revision, card FROM docs_${side} WHERE id IN (${JSON_VALUES})`)
    .bind(JSON.stringify(ids))
    .all<StoredDocument>();
  return results;
}

/** A rowid for each document, by id: the first of its choices that is free or already its own. */
async function freeRowids(
  db: SearchDatabase,
  side: IndexSide,
  documents: readonly IndexDocument[],
): Promise<Map<string, number>> {
  const rowids = new Map<string, number>();
  const used = new Set<number>();
  let pending = [...documents];
  for (let attempt = 0; pending.length > 0; attempt++) {
    const choices = pending.map((document) => ({
      document,
      rowid: documentRowid(document, attempt),
    }));
    const { results } = await db
      .prepare(`SELECT rowid, id FROM docs_${side} WHERE rowid IN (${JSON_VALUES})`)
      .bind(JSON.stringify(choices.map(({ rowid }) => rowid)))
      .all<{ rowid: number; id: string }>();
    const owners = new Map(results.map((row) => [row.rowid, row.id]));
    pending = [];
    for (const { document, rowid } of choices) {
      const isFree = (owners.get(rowid) ?? document.id) === document.id;
      if (!isFree || used.has(rowid)) pending.push(document);
      else {
        used.add(rowid);
        rowids.set(document.id, rowid);
      }
    }
  }
  return rowids;
}

/** For each word, the number of additional videos with it. A replaced document counts only its new words. */
async function addedCounts(
  db: SearchDatabase,
  side: IndexSide,
  rows: readonly IndexRow[],
  stored: ReadonlyMap<string, StoredDocument>,
): Promise<Map<string, number>> {
  // A document in the same revision has the same words.
  const changed = rows
    .map(({ document, words }) => ({ document, words, old: stored.get(document.id) }))
    .filter(({ document, old }) => old?.revision !== document.revision);
  const counted = await findCountedWords(
    db,
    side,
    new Map(changed.flatMap(({ words, old }) => (old ? [[old.rowid, words] as const] : []))),
  );
  const counts = new Map<string, number>();
  for (const { words, old } of changed) {
    const oldWords = old && counted.get(old.rowid);
    for (const word of words)
      if (!oldWords?.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

function removals(
  db: SearchDatabase,
  side: IndexSide,
  rowids: readonly number[],
): D1PreparedStatement[] {
  if (rowids.length === 0) return [];
  return ["docs", "titles", "head", "body"].map((table) =>
    db
      .prepare(`DELETE FROM ${table}_${side} WHERE rowid IN (${JSON_VALUES})`)
      .bind(JSON.stringify(rowids)),
  );
}

/** Statements that insert rows, each a list of values in the order of the columns. */
function inserts(
  db: SearchDatabase,
  table: string,
  columns: readonly string[],
  rows: readonly unknown[][],
): D1PreparedStatement[] {
  const values = columns.map((_, i) => `value ->> ${i}`).join(", ");
  const sql = `INSERT INTO ${table} (${columns.join(", ")}) SELECT ${values} FROM json_each(?)`;
  return jsonLists(rows).map((list) => db.prepare(sql).bind(list));
}

function insertRows(
  db: SearchDatabase,
  side: IndexSide,
  rows: readonly IndexRow[],
): D1PreparedStatement[] {
  return [
    ...inserts(
      db,
      `docs_${side}`,
      ["rowid", "id", "revision", "key", "duration", "height", "published_at", "card"],
      rows.map(({ rowid, document, key, card }) => [
        rowid,
        document.id,
        document.revision,
        key,
        document.duration,
        document.height,
        document.publishedAt,
        card,
      ]),
    ),
    ...inserts(
      db,
      `titles_${side}`,
      ["rowid", "text"],
      rows.map((row) => [row.rowid, row.titleText]),
    ),
    ...inserts(
      db,
      `body_${side}`,
      ["rowid", "text"],
      rows.map((row) => [row.rowid, row.bodyText]),
    ),
    ...inserts(
      db,
      `head_${side}`,
      ["rowid", "title", "more"],
      rows.map((row) => [row.rowid, row.titleText, row.moreText]),
    ),
  ];
}
