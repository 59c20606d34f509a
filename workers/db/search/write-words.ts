import { typoKeys } from "../../domain/search/edits.ts";
import { stemOf } from "../../domain/search/stem.ts";
import { jsonLists } from "./json-lists.ts";
import type { SearchDatabase, Slot } from "./shards.ts";

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

/** The words that the vocabulary lacks: only these need typo keys. */
export async function newWords(
  db: SearchDatabase,
  slot: Slot,
  words: Iterable<string>,
): Promise<string[]> {
  const all = [...new Set(words)];
  const known = new Set<string>();
  for (const list of jsonLists(all)) {
    const { results } = await db
      .prepare(`SELECT term FROM words_${slot} WHERE term IN (SELECT value FROM json_each(?))`)
      .bind(list)
      .all<{ term: string }>();
    for (const { term } of results) known.add(term);
  }
  return all.filter((word) => !known.has(word));
}

/** Words that the index has of documents which are about to be replaced, by rowid: they are counted already. */
export async function countedWords(
  db: SearchDatabase,
  slot: Slot,
  words: ReadonlyMap<number, ReadonlySet<string>>,
): Promise<Map<number, Set<string>>> {
  const pairs = [...words].flatMap(([rowid, set]) => [...set].map((word) => [rowid, word]));
  const counted = new Map<number, Set<string>>();
  for (const list of jsonLists(pairs)) {
    const { results } = await db
      .prepare(
        `SELECT value ->> 0 AS rowid, value ->> 1 AS word FROM json_each(?) WHERE EXISTS (SELECT 1 FROM body_${slot} WHERE body_${slot} MATCH '"' || (value ->> 1) || '"' AND rowid = value ->> 0)`,
      )
      .bind(list)
      .all<{ rowid: number; word: string }>();
    for (const { rowid, word } of results)
      counted.set(rowid, (counted.get(rowid) ?? new Set()).add(word));
  }
  return counted;
}

/**
 * Brings the vocabulary up to date.
 * @param counts videos to add to those that have the word
 * @param added the words that it lacks so far
 */
export function countWords(
  db: SearchDatabase,
  slot: Slot,
  counts: ReadonlyMap<string, number>,
  added: readonly string[],
): D1PreparedStatement[] {
  const lists = jsonLists([...counts].map(([word, df]) => [word, stemOf(word), df]));
  const keys = added.flatMap((word) => typoKeys(word).map((key) => [key, word]));
  return [
    ...lists.flatMap((list) => [
      db
        .prepare(
          `INSERT INTO words_${slot} (term, stem, df, weight) SELECT value ->> 0, value ->> 1, value ->> 2, 0 FROM json_each(?) WHERE true ON CONFLICT DO UPDATE SET df = df + excluded.df`,
        )
        .bind(list),
      db
        .prepare(
          `UPDATE words_${slot} SET weight = CAST(log2(df + 1) AS INTEGER) WHERE term IN (SELECT value ->> 0 FROM json_each(?)) AND weight <> CAST(log2(df + 1) AS INTEGER)`,
        )
        .bind(list),
    ]),
    ...jsonLists(keys).map((list) =>
      db
        .prepare(
          `INSERT OR IGNORE INTO typos_${slot} (key, term) SELECT value ->> 0, value ->> 1 FROM json_each(?)`,
        )
        .bind(list),
    ),
  ];
}
