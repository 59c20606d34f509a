import { documentRowid, type IndexDocument } from "../../domain/search/document.ts";
import { SEPARATOR } from "../../domain/search/text.ts";
import { type Entry, toEntry } from "./entries.ts";
import { jsonLists } from "./json-lists.ts";
import type { SearchDatabase, Slot } from "./shards.ts";
import { countedWords, countWords, newWords } from "./write-words.ts";

interface Placed {
  id: string;
  rowid: number;
  revision: number;
  card: string;
}

const JSON_ROWS = "SELECT value FROM json_each(?)";

/**
 * Writes documents into one slot of one shard, as one transaction. One that the index has in a newer revision, or in the
 * same and with the same card, is left alone, so repeated and late messages change nothing.
 * @returns how many were written
 */
export async function putDocuments(
  db: SearchDatabase,
  slot: Slot,
  documents: readonly IndexDocument[],
): Promise<number> {
  const once = [...new Map(documents.map((document) => [document.id, document])).values()];
  const ids = once.map((document) => document.id);
  const before = new Map((await placed(db, slot, ids)).map((row) => [row.id, row]));
  const newer = once.filter(({ id, revision }) => revision >= (before.get(id)?.revision ?? 0));
  const rowids = await freeRowids(db, slot, newer);
  // FTS5 collects rows in memory only while rowids rise: sorted, a batch is one segment.
  const entries = newer
    .map((document) => toEntry(document, rowids.get(document.id) ?? 0))
    .filter(({ document, card }) => {
      const old = before.get(document.id);
      return old?.revision !== document.revision || old.card !== card;
    })
    .toSorted((a, b) => a.rowid - b.rowid);
  if (entries.length === 0) return 0;
  const counts = await frequencies(db, slot, entries, before);
  const stale = entries.flatMap(({ document }) => before.get(document.id)?.rowid ?? []);
  await db.batch([
    ...removals(db, slot, stale),
    ...insertEntries(db, slot, entries),
    ...countWords(db, slot, counts, await newWords(db, slot, counts.keys())),
  ]);
  return entries.length;
}

/** Takes videos out of one slot of one shard, whatever their revision. */
export async function removeDocuments(
  db: SearchDatabase,
  slot: Slot,
  ids: readonly string[],
): Promise<void> {
  const rows = await placed(db, slot, ids);
  if (rows.length === 0) return;
  await db.batch([
    ...removals(
      db,
      slot,
      rows.map((row) => row.rowid),
    ),
    // Other words keep their count: it is an estimate, and a word without a video leads nowhere.
    db.prepare(`UPDATE words_${slot} SET df = df - ? WHERE term = ?`).bind(rows.length, SEPARATOR),
  ]);
}

async function placed(db: SearchDatabase, slot: Slot, ids: readonly string[]): Promise<Placed[]> {
  if (ids.length === 0) return [];
  const { results } = await db
    .prepare(`SELECT id, rowid, revision, card FROM docs_${slot} WHERE id IN (${JSON_ROWS})`)
    .bind(JSON.stringify(ids))
    .all<Placed>();
  return results;
}

/** A rowid for each document: its first choice that is its own already, or nobody's. */
async function freeRowids(
  db: SearchDatabase,
  slot: Slot,
  documents: readonly IndexDocument[],
): Promise<Map<string, number>> {
  const rowids = new Map<string, number>();
  const used = new Set<number>();
  let pending = [...documents];
  for (let attempt = 0; pending.length > 0; attempt++) {
    const wanted = pending.map((document) => ({
      document,
      rowid: documentRowid(document, attempt),
    }));
    const { results } = await db
      .prepare(`SELECT rowid, id FROM docs_${slot} WHERE rowid IN (${JSON_ROWS})`)
      .bind(JSON.stringify(wanted.map(({ rowid }) => rowid)))
      .all<{ rowid: number; id: string }>();
    const owners = new Map(results.map((row) => [row.rowid, row.id]));
    pending = [];
    for (const { document, rowid } of wanted) {
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

/** How many videos more have each word now. A document that is replaced counts with the words that it had not. */
async function frequencies(
  db: SearchDatabase,
  slot: Slot,
  entries: readonly Entry[],
  before: ReadonlyMap<string, Placed>,
): Promise<Map<string, number>> {
  // In the same revision the words are the same.
  const changed = entries
    .map(({ document, words }) => ({ document, words, old: before.get(document.id) }))
    .filter(({ document, old }) => old?.revision !== document.revision);
  const counted = await countedWords(
    db,
    slot,
    new Map(changed.flatMap(({ words, old }) => (old ? [[old.rowid, words] as const] : []))),
  );
  const counts = new Map<string, number>();
  for (const { words, old } of changed) {
    const had = old && counted.get(old.rowid);
    for (const word of words) if (!had?.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

const removals = (
  db: SearchDatabase,
  slot: Slot,
  rowids: readonly number[],
): D1PreparedStatement[] =>
  rowids.length === 0
    ? []
    : ["docs", "titles", "head", "body"].map((table) =>
        db
          .prepare(`DELETE FROM ${table}_${slot} WHERE rowid IN (${JSON_ROWS})`)
          .bind(JSON.stringify(rowids)),
      );

/** Statements that insert rows, each as a list of values in the order of the columns. */
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

const insertEntries = (
  db: SearchDatabase,
  slot: Slot,
  entries: readonly Entry[],
): D1PreparedStatement[] => [
  ...inserts(
    db,
    `docs_${slot}`,
    ["rowid", "id", "revision", "key", "duration", "height", "published_at", "card"],
    entries.map(({ rowid, document, key, card }) => [
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
    `titles_${slot}`,
    ["rowid", "text"],
    entries.map((entry) => [entry.rowid, entry.titleText]),
  ),
  ...inserts(
    db,
    `body_${slot}`,
    ["rowid", "text"],
    entries.map((entry) => [entry.rowid, entry.bodyText]),
  ),
  ...inserts(
    db,
    `head_${slot}`,
    ["rowid", "title", "more"],
    entries.map((entry) => [entry.rowid, entry.titleText, entry.moreText]),
  ),
];
