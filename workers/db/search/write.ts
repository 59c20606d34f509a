import { documentRowid, type IndexDocument } from "../../domain/search/document.ts";
import { typoKeys } from "../../domain/search/edits.ts";
import { documentTokens } from "../../domain/search/filters.ts";
import { stemOf } from "../../domain/search/stem.ts";
import { indexWords, SEPARATOR, squash } from "../../domain/search/text.ts";
import { writeCard } from "./candidate-rows.ts";
import type { SearchDatabase, Slot } from "./shards.ts";

interface Placed {
  id: string;
  rowid: number;
  revision: number;
}

/** A document as the tables hold it. */
interface Entry {
  rowid: number;
  document: IndexDocument;
  titleText: string;
  moreText: string;
  bodyText: string;
  key: string;
  card: string;
  words: Set<string>;
}

const JSON_ROWS = "SELECT value FROM json_each(?)";

/**
 * Writes documents into one slot of one shard, as one transaction. One that the index has in the same or a newer
 * revision is left alone, so repeated and late messages change nothing.
 * @returns how many were written
 */
export async function putDocuments(
  db: SearchDatabase,
  slot: Slot,
  documents: readonly IndexDocument[],
): Promise<number> {
  const before = new Map(
    (
      await placed(
        db,
        slot,
        documents.map((document) => document.id),
      )
    ).map((row) => [row.id, row]),
  );
  const newer = [...new Map(documents.map((document) => [document.id, document])).values()].filter(
    (document) => document.revision > (before.get(document.id)?.revision ?? -1),
  );
  if (newer.length === 0) return 0;
  const stale = newer.flatMap((document) => before.get(document.id) ?? []);
  const rowids = await freeRowids(db, slot, newer, new Set(stale.map((row) => row.rowid)));
  // FTS5 collects rows in memory only while rowids rise: sorted, a batch is one segment.
  const entries = newer
    .map((document) => toEntry(document, rowids.get(document.id) ?? 0))
    .toSorted((a, b) => a.rowid - b.rowid);
  await db.batch([
    ...removals(
      db,
      slot,
      stale.map((row) => row.rowid),
    ),
    insertDocs(db, slot, entries),
    ...insertTexts(db, slot, entries),
    ...countWords(
      db,
      slot,
      frequencies(entries),
      await newWords(
        db,
        slot,
        entries.flatMap((entry) => [...entry.words]),
      ),
    ),
  ]);
  return newer.length;
}

/**
 * Adds words that are only spoken to the vocabulary, so that they are completed and their typos forgiven. No video
 * counts for them: they come after all that are written.
 */
export async function learnWords(
  db: SearchDatabase,
  slot: Slot,
  words: Iterable<string>,
): Promise<void> {
  const added = await newWords(db, slot, words);
  if (added.length > 0)
    await db.batch(countWords(db, slot, new Map(added.map((word) => [word, 0])), added));
}

/** Takes videos out of one slot of one shard, whatever their revision. */
export async function removeDocuments(
  db: SearchDatabase,
  slot: Slot,
  ids: readonly string[],
): Promise<void> {
  const rows = await placed(db, slot, ids);
  if (rows.length > 0)
    await db.batch(
      removals(
        db,
        slot,
        rows.map((row) => row.rowid),
      ),
    );
}

async function placed(db: SearchDatabase, slot: Slot, ids: readonly string[]): Promise<Placed[]> {
  const { results } = await db
    .prepare(`SELECT id, rowid, revision FROM docs_${slot} WHERE id IN (${JSON_ROWS})`)
    .bind(JSON.stringify(ids))
    .all<Placed>();
  return results;
}

/** A rowid for each document: its first choice that no other document has. */
async function freeRowids(
  db: SearchDatabase,
  slot: Slot,
  documents: readonly IndexDocument[],
  released: ReadonlySet<number>,
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
      .prepare(`SELECT rowid FROM docs_${slot} WHERE rowid IN (${JSON_ROWS})`)
      .bind(JSON.stringify(wanted.map(({ rowid }) => rowid)))
      .all<{ rowid: number }>();
    const taken = new Set(results.map((row) => row.rowid).filter((rowid) => !released.has(rowid)));
    pending = [];
    for (const { document, rowid } of wanted) {
      if (taken.has(rowid) || used.has(rowid)) pending.push(document);
      else {
        used.add(rowid);
        rowids.set(document.id, rowid);
      }
    }
  }
  return rowids;
}

function toEntry(document: IndexDocument, rowid: number): Entry {
  const key = squash(document.title);
  const title = indexWords(document.title);
  const people = document.people.map(indexWords);
  const tags = document.tags.map(indexWords);
  const more = [...people, ...tags];
  const description = indexWords(document.description);
  const filters = documentTokens(document).join(" ");
  const fields = [title, ...more, description].map((words) => words.join(" "));
  return {
    rowid,
    document,
    titleText: title.join(" "),
    moreText: more.map((words) => words.join(" ")).join(` ${SEPARATOR} `),
    bodyText: [...fields, filters].join(` ${SEPARATOR} `),
    key,
    card: writeCard({
      ...document,
      key,
      words: { title, people: people.flat(), tags: tags.flat() },
    }),
    words: new Set([...title, ...more.flat(), ...description]),
  };
}

function removals(
  db: SearchDatabase,
  slot: Slot,
  rowids: readonly number[],
): D1PreparedStatement[] {
  if (rowids.length === 0) return [];
  const list = JSON.stringify(rowids);
  return [
    ...["docs", "titles", "head", "body"].map((table) =>
      db.prepare(`DELETE FROM ${table}_${slot} WHERE rowid IN (${JSON_ROWS})`).bind(list),
    ),
    // Other words keep their count: it is an estimate, and a word without a video leads nowhere.
    db
      .prepare(`UPDATE words_${slot} SET df = df - ? WHERE term = ?`)
      .bind(rowids.length, SEPARATOR),
  ];
}

function insertDocs(
  db: SearchDatabase,
  slot: Slot,
  entries: readonly Entry[],
): D1PreparedStatement {
  const rows = entries.map(({ rowid, document, key, card }) => [
    rowid,
    document.id,
    document.revision,
    key,
    document.duration,
    document.height,
    document.publishedAt,
    card,
  ]);
  const columns = Array.from({ length: 8 }, (_, i) => `value ->> ${i}`).join(", ");
  return db
    .prepare(
      `INSERT INTO docs_${slot} (rowid, id, revision, key, duration, height, published_at, card) SELECT ${columns} FROM json_each(?)`,
    )
    .bind(JSON.stringify(rows));
}

const insertTexts = (
  db: SearchDatabase,
  slot: Slot,
  entries: readonly Entry[],
): D1PreparedStatement[] => {
  const text = (table: string, values: (entry: Entry) => string) =>
    db
      .prepare(
        `INSERT INTO ${table}_${slot} (rowid, text) SELECT value ->> 0, value ->> 1 FROM json_each(?)`,
      )
      .bind(JSON.stringify(entries.map((entry) => [entry.rowid, values(entry)])));
  return [
    text("titles", (entry) => entry.titleText),
    text("body", (entry) => entry.bodyText),
    db
      .prepare(
        `INSERT INTO head_${slot} (rowid, title, more) SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)`,
      )
      .bind(JSON.stringify(entries.map((entry) => [entry.rowid, entry.titleText, entry.moreText]))),
  ];
};

/** The words that the vocabulary lacks: only these need typo keys. */
async function newWords(
  db: SearchDatabase,
  slot: Slot,
  words: Iterable<string>,
): Promise<string[]> {
  const all = [...new Set(words)];
  const { results } = await db
    .prepare(`SELECT term FROM words_${slot} WHERE term IN (${JSON_ROWS})`)
    .bind(JSON.stringify(all))
    .all<{ term: string }>();
  const known = new Set(results.map((row) => row.term));
  return all.filter((word) => !known.has(word));
}

/** In how many of the videos each word is. The separator counts the videos themselves. */
function frequencies(entries: readonly Entry[]): Map<string, number> {
  const counts = new Map([[SEPARATOR, entries.length]]);
  for (const { words } of entries)
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/**
 * Brings the vocabulary up to date.
 * @param counts videos to add to those that have the word
 * @param added the words that it lacks so far
 */
function countWords(
  db: SearchDatabase,
  slot: Slot,
  counts: ReadonlyMap<string, number>,
  added: readonly string[],
): D1PreparedStatement[] {
  const rows = [...counts].map(([word, df]) => [word, stemOf(word), df]);
  const keys = added.flatMap((word) => typoKeys(word).map((key) => [key, word]));
  return [
    db
      .prepare(
        `INSERT INTO words_${slot} (term, stem, df, weight) SELECT value ->> 0, value ->> 1, value ->> 2, 0 FROM json_each(?) WHERE true ON CONFLICT DO UPDATE SET df = df + excluded.df`,
      )
      .bind(JSON.stringify(rows)),
    db
      .prepare(
        `UPDATE words_${slot} SET weight = CAST(log2(df + 1) AS INTEGER) WHERE term IN (SELECT value ->> 0 FROM json_each(?)) AND weight <> CAST(log2(df + 1) AS INTEGER)`,
      )
      .bind(JSON.stringify(rows)),
    db
      .prepare(
        `INSERT OR IGNORE INTO typos_${slot} (key, term) SELECT value ->> 0, value ->> 1 FROM json_each(?)`,
      )
      .bind(JSON.stringify(keys)),
  ];
}
