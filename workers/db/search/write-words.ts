import { typoKeys } from "../../domain/search/edits.ts";
import { stemOf } from "../../domain/search/stem.ts";
import type { IndexSide } from "./index-state.ts";
import { jsonLists } from "./json-lists.ts";
import type { SearchDatabase } from "./shards.ts";

/**
 * Adds words of captions to the vocabulary, so that they are completed and their spelling corrected. They count as in no
 * video, so they come after all words of documents.
 */
export async function addCaptionWords(
  db: SearchDatabase,
  side: IndexSide,
  words: Iterable<string>,
): Promise<void> {
  const added = await findNewWords(db, side, words);
  if (added.length > 0)
    await db.batch(updateCounts(db, side, new Map(added.map((word) => [word, 0])), added));
}

/** The words that are new to the vocabulary: only they need typo keys. */
export async function findNewWords(
  db: SearchDatabase,
  side: IndexSide,
  words: Iterable<string>,
): Promise<string[]> {
  const all = [...new Set(words)];
  const known = new Set<string>();
  for (const list of jsonLists(all)) {
    const { results } = await db
      .prepare(`SELECT term FROM words_${side} WHERE term IN (SELECT value FROM json_each(?))`)
      .bind(list)
      .all<{ term: string }>();
    for (const { term } of results) known.add(term);
  }
  return all.filter((word) => !known.has(word));
}

/**
 * The words that the index already has for documents about to be replaced, by rowid: they are already counted.
 * Plan: one lookup of the word's posting list at one rowid for each pair of word and document.
 */
export async function findCountedWords(
  db: SearchDatabase,
  side: IndexSide,
  words: ReadonlyMap<number, ReadonlySet<string>>,
): Promise<Map<number, Set<string>>> {
  const pairs = [...words].flatMap(([rowid, set]) => [...set].map((word) => [rowid, word]));
  const counted = new Map<number, Set<string>>();
  for (const list of jsonLists(pairs)) {
    const { results } = await db
      .prepare(
        `SELECT value ->> 0 AS rowid, value ->> 1 AS word FROM json_each(?)
        WHERE EXISTS (
          SELECT 1 FROM body_${side}
          WHERE body_${side} MATCH '"' || (value ->> 1) || '"' AND rowid = value ->> 0
        )`,
      )
      .bind(list)
      .all<{ rowid: number; word: string }>();
    for (const { rowid, word } of results)
      counted.set(rowid, (counted.get(rowid) ?? new Set()).add(word));
  }
  return counted;
}

/**
 * Statements that bring the vocabulary up to date.
 * @param counts for each word, the number of videos to add to its document frequency
 * @param added the words that the vocabulary does not have yet
 */
export function updateCounts(
  db: SearchDatabase,
  side: IndexSide,
  counts: ReadonlyMap<string, number>,
  added: readonly string[],
): D1PreparedStatement[] {
  const lists = jsonLists([...counts].map(([word, df]) => [word, stemOf(word), df]));
  const keys = added.flatMap((word) => typoKeys(word).map((key) => [key, word]));
  return [
    ...lists.flatMap((list) => [
      db
        .prepare(
          `INSERT INTO words_${side} (term, stem, df, weight)
          SELECT value ->> 0, value ->> 1, value ->> 2, 0 FROM json_each(?) WHERE true
          ON CONFLICT DO UPDATE SET df = df + excluded.df`,
        )
        .bind(list),
      // Separate, and only where the logarithm changes: the weight is part of six indexes.
      db
        .prepare(
          `UPDATE words_${side} SET weight = CAST(log2(df + 1) AS INTEGER)
          WHERE term IN (SELECT value ->> 0 FROM json_each(?))
            AND weight <> CAST(log2(df + 1) AS INTEGER)`,
        )
        .bind(list),
    ]),
    ...jsonLists(keys).map((list) =>
      db
        .prepare(
          `INSERT OR IGNORE INTO typos_${side} (key, term)
          SELECT value ->> 0, value ->> 1 FROM json_each(?)`,
        )
        .bind(list),
    ),
  ];
}
