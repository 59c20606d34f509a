import {
  distance,
  prefixDistance,
  singleEdits,
  typoAllowance,
  typoKeys,
} from "../../domain/search/edits.ts";
import { SEPARATOR } from "../../domain/search/text.ts";
import type { IndexSide } from "./index-state.ts";
import type { SearchDatabase, SearchIndex, Term } from "./shards.ts";

/** A word to look up. */
export interface VocabularyQuery {
  text: string;
  stem: string;
  /** The word may be unfinished. */
  prefix: boolean;
  /** Other words to look up with it. */
  forms: readonly string[];
  /** Words to look up if the index has no form of this one. */
  parts: readonly string[];
}

export interface Vocabulary {
  /** The words that exist, and other words with the same stem. */
  terms: Map<string, Term>;
  /** The most frequent words that begin with the unfinished one. */
  completions: Term[];
  /** Spelling corrections of the first words that are long enough and missing in the index. */
  spellings: Map<string, SpellingCorrection[]>;
  /** The existing parts of the same words. */
  parts: Map<string, Term>;
  /** Number of videos in the index; 0 if no words were looked up. */
  size: number;
}

/** A word that the viewer may have meant. */
export interface SpellingCorrection extends Term {
  edits: number;
  /** Only the beginning of the word is close to what was typed. */
  unfinished: boolean;
}

const MAX_COMPLETIONS = 48;
const MAX_STEM_MATES = 48;
/** Words of a query to look up corrections for; each costs about 1,250 rows. */
export const MAX_SUSPECTS = 3;
/** Words to look up per edit of an unfinished word. */
const COMPLETIONS_PER_EDIT = 2;
/** Lengths of the edits of words with an allowance of one typo. */
const MIN_EDIT_LENGTH = 3;
const MAX_EDIT_LENGTH = 8;
/** Terms read that share a typo key with a suspect. */
const MAX_KEYED_TERMS = 500;
const HIGHEST_CHARACTER = "\u{10ffff}";

/**
 * The index entries of these words, and spelling corrections of the words that it lacks. One round trip to each shard, or
 * two if there are several; none without words.
 */
export async function lookUp(
  index: SearchIndex,
  words: readonly VocabularyQuery[],
): Promise<Vocabulary> {
  if (words.length === 0)
    return {
      terms: new Map(),
      completions: [],
      spellings: new Map(),
      parts: new Map(),
      size: 0,
    };
  const { side } = index;
  const unfinished = words.find((word) => word.prefix)?.text;
  const suspects = suspectsAmong(words);
  const found = await eachShard(index, (db) => [
    db
      .prepare(
        `SELECT term, stem, df FROM words_${side} WHERE term IN (SELECT value FROM json_each(?1))
        UNION SELECT * FROM (
          SELECT term, stem, df FROM words_${side} WHERE stem IN (SELECT value FROM json_each(?2))
          LIMIT ${MAX_STEM_MATES}
        )`,
      )
      .bind(
        JSON.stringify([...words.flatMap((word) => [word.text, ...word.forms]), SEPARATOR]),
        JSON.stringify(words.map((word) => word.stem)),
      ),
    spellingsStatement(db, side, suspects, isUnknown(side)),
    ...(unfinished ? [completionsStatement(db, side, unfinished)] : []),
  ]);
  const terms = await mergeTerms(index, found);
  const termsOf = (statement: number): Term[] => {
    const names = new Set(found.flatMap((shard) => shard[statement] ?? []).map(({ term }) => term));
    return [...names].flatMap((name) => terms.get(name) ?? []);
  };
  const known = new Map(termsOf(0).map((term) => [term.term, term]));
  known.delete(SEPARATOR);
  return {
    terms: known,
    size: terms.get(SEPARATOR)?.df ?? 0,
    spellings: closestTerms(suspects, termsOf(1)),
    parts: new Map(termsOf(1).map((term) => [term.term, term])),
    completions: termsOf(2).toSorted(byFrequency).slice(0, MAX_COMPLETIONS),
  };
}

function completionsStatement(
  db: SearchDatabase,
  side: IndexSide,
  unfinished: string,
): D1PreparedStatement {
  return db
    .prepare(
      `SELECT term, stem, df FROM words_${side} WHERE ${beginsWith("?1", [...unfinished].length)}
      ORDER BY weight DESC LIMIT ${MAX_COMPLETIONS}`,
    )
    .bind(unfinished);
}

/** Letters of the longest beginning for which the vocabulary has an index by frequency. */
const MAX_INDEXED_LETTERS = 6;

/**
 * SQL for words with a beginning, to be read by frequency. For a beginning longer than the indexes have, the words with its
 * first letters are scanned, which are few enough.
 * @param letters of the beginning
 */
function beginsWith(beginning: string, letters: number): string {
  const indexed = Math.min(letters, MAX_INDEXED_LETTERS);
  const first = `substr(term, 1, ${indexed}) = substr(${beginning}, 1, ${indexed})`;
  // The unary plus keeps the planner from using the primary key, which is in alphabetical order.
  return letters === indexed
    ? first
    : `${first} AND +term >= ${beginning} AND +term < ${beginning} || '${HIGHEST_CHARACTER}'`;
}

/** Words that are long enough for a typo to be corrected. */
const suspectsAmong = <T extends { text: string }>(words: readonly T[]): T[] =>
  words.filter(({ text }) => typoAllowance(text) > 0).slice(0, MAX_SUSPECTS);

/**
 * Spelling corrections for the first words that are long enough: closest first, then most frequent first; and the other
 * terms that exist. Corrections of short words are found by looking up every single edit, those of long words by shared
 * typo keys, never by a scan.
 * @param limit words to correct, at most MAX_SUSPECTS
 */
export async function correctSpelling(
  index: SearchIndex,
  words: readonly VocabularyQuery[],
  others: readonly string[],
  limit = MAX_SUSPECTS,
): Promise<{ spellings: Map<string, SpellingCorrection[]>; others: Map<string, Term> }> {
  const suspects = suspectsAmong(words).slice(0, limit);
  const found = await eachShard(index, (db) => [
    spellingsStatement(db, index.side, suspects, "true"),
    termsStatement(db, index.side, others),
  ]);
  const terms = await mergeTerms(index, found);
  return { spellings: closestTerms(suspects, [...terms.values()]), others: terms };
}

const termsStatement = (
  db: SearchDatabase,
  side: IndexSide,
  terms: readonly string[],
): D1PreparedStatement =>
  db
    .prepare(
      `SELECT term, stem, df FROM words_${side} WHERE term IN (SELECT value FROM json_each(?))`,
    )
    .bind(JSON.stringify(terms));

/** For each suspect, the terms within its typo allowance. */
function closestTerms(
  suspects: readonly VocabularyQuery[],
  terms: readonly Term[],
): Map<string, SpellingCorrection[]> {
  const result = new Map<string, SpellingCorrection[]>();
  for (const { text, prefix } of suspects) {
    const allowance = typoAllowance(text);
    const corrections = terms.flatMap((term) => {
      const edits = distance(text, term.term, allowance);
      if (edits <= allowance) return edits > 0 ? [{ ...term, edits, unfinished: false }] : [];
      const prefixEdits = prefix ? prefixDistance(text, term.term, allowance) : 0;
      return prefixEdits > 0 && prefixEdits <= allowance
        ? [{ ...term, edits: prefixEdits, unfinished: true }]
        : [];
    });
    corrections.sort(
      (a, b) =>
        a.edits - b.edits || Number(a.unfinished) - Number(b.unfinished) || byFrequency(a, b),
    );
    result.set(text, corrections);
  }
  return result;
}

/** SQL for whether the vocabulary lacks a suspect `s`: as typed, in another form, and as a beginning. */
function isUnknown(side: IndexSide): string {
  return `NOT EXISTS (SELECT 1 FROM words_${side} WHERE term = s.value ->> 'text')
  AND NOT EXISTS (SELECT 1 FROM words_${side} WHERE stem = s.value ->> 'stem')
  AND NOT (s.value ->> 'prefix' AND EXISTS (
    SELECT 1 FROM words_${side}
    WHERE term >= s.value ->> 'text' AND term < s.value ->> 'text' || '${HIGHEST_CHARACTER}'
  ))`;
}

/**
 * Terms that the suspects may be misspellings of. Plan: for each suspect, up to about 400 lookups of single edits in
 * the primary key of `words`, or of 37 typo keys in that of `typos` with at most MAX_KEYED_TERMS rows in total; for an
 * unfinished word, also COMPLETIONS_PER_EDIT rows per edit from the indexes by beginning and weight.
 * @param condition SQL for the suspects `s` in question; nothing is looked up for the others
 */
function spellingsStatement(
  db: SearchDatabase,
  side: IndexSide,
  suspects: readonly VocabularyQuery[],
  condition: string,
): D1PreparedStatement {
  const words = suspects.map(({ text, stem, prefix, parts }) => ({
    text,
    stem,
    prefix,
    parts,
    // The keys of a long word also find words one edit away, and longer words with such a beginning.
    ...(typoAllowance(text) === 2 ? { keys: typoKeys(text) } : { edits: singleEdits(text) }),
  }));
  const valuesOf = (list: "edits" | "keys" | "parts") =>
    `SELECT e.value AS value FROM s, json_each(s.value, '$.${list}') e`;
  return db
    .prepare(
      `WITH s AS MATERIALIZED (SELECT s.value FROM json_each(?) s WHERE ${condition}),
      near (term) AS (
        ${valuesOf("edits")}
        UNION ALL ${valuesOf("parts")}
        UNION ALL SELECT * FROM (
          SELECT y.term FROM (${valuesOf("keys")}) k CROSS JOIN typos_${side} y ON y.key = k.value
          LIMIT ${MAX_KEYED_TERMS}
        )
        UNION ALL SELECT best.value FROM (${completedEdits(side)}) edits, json_each(edits.list) best
      )
      SELECT term, stem, df FROM words_${side} WHERE term IN (SELECT term FROM near)`,
    )
    .bind(JSON.stringify(words));
}

/** SQL for lists of the most frequent words that begin with an edit of the unfinished suspect. */
function completedEdits(side: IndexSide): string {
  // One case per length: SQLite uses an index on an expression only if the query contains it with the same literals.
  const cases = Array.from(
    { length: MAX_EDIT_LENGTH - MIN_EDIT_LENGTH + 1 },
    (_, i) => MIN_EDIT_LENGTH + i,
  ).map(
    (length) => `WHEN ${length} THEN (
      SELECT json_group_array(term) FROM (
        SELECT term FROM words_${side} WHERE ${beginsWith("e.value", length)}
        ORDER BY weight DESC LIMIT ${COMPLETIONS_PER_EDIT}
      )
    )`,
  );
  return `SELECT CASE length(e.value) ${cases.join(" ")} END AS list
    FROM s, json_each(s.value, '$.edits') e WHERE s.value ->> 'prefix'`;
}

/** Runs a batch of statements on every shard at once. @returns for each shard the rows of each statement */
async function eachShard(
  index: SearchIndex,
  statements: (db: SearchDatabase) => D1PreparedStatement[],
): Promise<Term[][][]> {
  return Promise.all(
    index.shards.map(async (db) => {
      const results = await db.batch<Term>(statements(db));
      return results.map((result) => result.results);
    }),
  );
}

/**
 * Merges the terms of several shards and adds up their document frequencies. Each shard has returned its own most frequent
 * words, so all shards are asked again for every word that any of them has returned.
 * @param found for each shard the rows of each statement
 */
async function mergeTerms(index: SearchIndex, found: Term[][][]): Promise<Map<string, Term>> {
  const terms = new Map(found.flat(2).map((term) => [term.term, term]));
  if (index.shards.length === 1) return terms;
  const names = [...terms.keys()];
  const counted = await eachShard(index, (db) => [termsStatement(db, index.side, names)]);
  const merged = new Map<string, Term>();
  for (const term of counted.flat(2))
    merged.set(term.term, { ...term, df: term.df + (merged.get(term.term)?.df ?? 0) });
  return merged;
}

const byFrequency = (a: Term, b: Term): number => b.df - a.df || (a.term < b.term ? -1 : 1);
