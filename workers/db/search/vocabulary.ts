import {
  prefixDistance,
  singleEdits,
  typoAllowance,
  typoKeys,
  distance,
} from "../../domain/search/edits.ts";
import { SEPARATOR } from "../../domain/search/text.ts";
import type { SearchDatabase, SearchIndex, Slot, Term } from "./shards.ts";

/** A word that is looked up. */
export interface Wanted {
  text: string;
  stem: string;
  /** It may be unfinished. */
  prefix: boolean;
}

export interface Vocabulary {
  /** The words asked for that exist, and others with the same stem. */
  terms: Map<string, Term>;
  /** Most frequent words that begin with the unfinished one. */
  completions: Term[];
  /** Words that may have been meant by the first of those that are long enough, where the index lacks them. */
  spellings: Map<string, SpellingCorrection[]>;
  /** Number of videos in the index; 0 where no words were asked for. */
  size: number;
}

/** A word that may have been meant. */
export interface SpellingCorrection extends Term {
  edits: number;
  /** It only begins like what was typed. */
  unfinished: boolean;
}

const COMPLETIONS = 48;
const STEM_MATES = 48;
/** Words of a query whose spelling is questioned; each costs some hundred lookups. */
const MAX_SUSPECTS = 4;
/** Words that begin with one edit of an unfinished word. */
const EDIT_COMPLETIONS = 2;
/** Letters of the edits of words that are forgiven one typo. */
const SHORTEST_EDIT = 3;
const LONGEST_EDIT = 8;
/** Terms looked at that share a typo key with a suspect. */
const KEYED_TERMS = 500;
const CEILING = "\u{10ffff}";

/**
 * One round trip to each shard: what the index knows of these words, and for those that it lacks, which may have been meant;
 * nothing without words.
 */
export async function lookUp(index: SearchIndex, words: readonly Wanted[]): Promise<Vocabulary> {
  if (words.length === 0)
    return { terms: new Map(), completions: [], spellings: new Map(), size: 0 };
  const { slot } = index;
  const unfinished = words.find((word) => word.prefix)?.text;
  const suspects = suspectsAmong(words);
  const found = await eachShard(index, (db) => [
    db
      .prepare(
        `SELECT term, stem, df FROM words_${slot} WHERE term IN (SELECT value FROM json_each(?1)) UNION SELECT * FROM (SELECT term, stem, df FROM words_${slot} WHERE stem IN (SELECT value FROM json_each(?2)) LIMIT ${STEM_MATES})`,
      )
      .bind(
        JSON.stringify([...words.map((word) => word.text), SEPARATOR]),
        JSON.stringify(words.map((word) => word.stem)),
      ),
    spellingsOf(db, slot, suspects, unknownWord(slot)),
    ...(unfinished ? [completionsOf(db, slot, unfinished)] : []),
  ]);
  const terms = await merge(index, found);
  const named = (list: number): Term[] => {
    const names = new Set(found.flatMap((lists) => lists[list] ?? []).map(({ term }) => term));
    return [...names].flatMap((name) => terms.get(name) ?? []);
  };
  const known = new Map(named(0).map((term) => [term.term, term]));
  known.delete(SEPARATOR);
  return {
    terms: known,
    size: terms.get(SEPARATOR)?.df ?? 0,
    spellings: nearest(suspects, named(1)),
    completions: named(2).toSorted(byFrequency).slice(0, COMPLETIONS),
  };
}

const completionsOf = (db: SearchDatabase, slot: Slot, unfinished: string): D1PreparedStatement =>
  db
    .prepare(
      `SELECT term, stem, df FROM words_${slot} WHERE ${beginsWith("?1", [...unfinished].length)} ORDER BY weight DESC LIMIT ${COMPLETIONS}`,
    )
    .bind(unfinished);

/** Letters of the longest beginning for which the vocabulary has an index by frequency. */
const INDEXED_LETTERS = 6;

/**
 * SQL for words with a beginning, to be read by frequency. Of a longer beginning than the indexes have, the words with its first
 * letters are looked through: few enough.
 * @param letters of the beginning
 */
function beginsWith(beginning: string, letters: number): string {
  const indexed = Math.min(letters, INDEXED_LETTERS);
  const first = `substr(term, 1, ${indexed}) = substr(${beginning}, 1, ${indexed})`;
  // The sign keeps the planner from the primary key, whose order is that of the alphabet.
  return letters === indexed
    ? first
    : `${first} AND +term >= ${beginning} AND +term < ${beginning} || '${CEILING}'`;
}

/** Words that are long enough for a typo to be told. */
const suspectsAmong = <T extends { text: string }>(words: readonly T[]): T[] =>
  words.filter(({ text }) => typoAllowance(text) > 0).slice(0, MAX_SUSPECTS);

/**
 * Words of the vocabulary that each of the first suspects may have been meant as, nearest and then most frequent first.
 * Short words are answered by looking up every single edit, long ones by shared typo keys: never by a scan.
 */
export async function correctSpelling(
  index: SearchIndex,
  words: readonly Wanted[],
): Promise<Map<string, SpellingCorrection[]>> {
  const suspects = suspectsAmong(words);
  if (suspects.length === 0) return new Map();
  const found = await eachShard(index, (db) => [spellingsOf(db, index.slot, suspects, "true")]);
  return nearest(suspects, [...(await merge(index, found)).values()]);
}

/** For each suspect the terms within its allowance. */
function nearest(
  suspects: readonly Wanted[],
  terms: readonly Term[],
): Map<string, SpellingCorrection[]> {
  const result = new Map<string, SpellingCorrection[]>();
  for (const { text, prefix } of suspects) {
    const allowance = typoAllowance(text);
    const near = terms.flatMap((term) => {
      const whole = distance(text, term.term, allowance);
      if (whole <= allowance)
        return whole > 0 ? [{ ...term, edits: whole, unfinished: false }] : [];
      const start = prefix ? prefixDistance(text, term.term, allowance) : 0;
      return start > 0 && start <= allowance ? [{ ...term, edits: start, unfinished: true }] : [];
    });
    near.sort(
      (a, b) =>
        a.edits - b.edits || Number(a.unfinished) - Number(b.unfinished) || byFrequency(a, b),
    );
    result.set(text, near);
  }
  return result;
}

/** SQL for whether the vocabulary lacks a suspect `s`: as it is typed, in another form, and as a beginning. */
const unknownWord = (slot: Slot): string =>
  `NOT EXISTS (SELECT 1 FROM words_${slot} WHERE term = s.value ->> 'text') AND NOT EXISTS (SELECT 1 FROM words_${slot} WHERE stem = s.value ->> 'stem') AND NOT (s.value ->> 'prefix' AND EXISTS (SELECT 1 FROM words_${slot} WHERE term >= s.value ->> 'text' AND term < s.value ->> 'text' || '${CEILING}'))`;

/**
 * Terms that suspects may have been meant as.
 * @param condition SQL for the suspects `s` that are in question; nothing is looked up for others
 */
function spellingsOf(
  db: SearchDatabase,
  slot: Slot,
  suspects: readonly Wanted[],
  condition: string,
): D1PreparedStatement {
  const words = suspects.map((word) =>
    // The keys of a long word find what is one edit away as well, and longer words with such a start.
    typoAllowance(word.text) === 2
      ? { ...word, keys: typoKeys(word.text) }
      : { ...word, edits: singleEdits(word.text) },
  );
  const listed = (name: string) =>
    `SELECT e.value AS value FROM s, json_each(s.value, '$.${name}') e`;
  return db
    .prepare(
      `WITH s AS MATERIALIZED (SELECT s.value FROM json_each(?) s WHERE ${condition}),
      near (term) AS (
        ${listed("edits")}
        UNION ALL SELECT * FROM (SELECT y.term FROM (${listed("keys")}) k CROSS JOIN typos_${slot} y ON y.key = k.value LIMIT ${KEYED_TERMS})
        UNION ALL SELECT best.value FROM (${completedEdits(slot)}) edits, json_each(edits.list) best
      )
      SELECT term, stem, df FROM words_${slot} WHERE term IN (SELECT term FROM near)`,
    )
    .bind(JSON.stringify(words));
}

/** SQL for lists of the most frequent words that begin with an edit of the unfinished suspect. */
function completedEdits(slot: Slot): string {
  const best = Array.from(
    { length: LONGEST_EDIT - SHORTEST_EDIT + 1 },
    (_, i) => SHORTEST_EDIT + i,
  ).map(
    (length) =>
      `WHEN ${length} THEN (SELECT json_group_array(term) FROM (SELECT term FROM words_${slot} WHERE ${beginsWith("e.value", length)} ORDER BY weight DESC LIMIT ${EDIT_COMPLETIONS}))`,
  );
  return `SELECT CASE length(e.value) ${best.join(" ")} END AS list FROM s, json_each(s.value, '$.edits') e WHERE s.value ->> 'prefix'`;
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
 * The same word of several shards is one word. Of several shards, each has named its own most frequent words: so all are
 * asked again for every word that one of them has named.
 * @param found for each shard the rows of each statement
 */
async function merge(index: SearchIndex, found: Term[][][]): Promise<Map<string, Term>> {
  const named = new Map(found.flat(2).map((term) => [term.term, term]));
  if (index.shards.length === 1) return named;
  const names = JSON.stringify([...named.keys()]);
  const counted = await eachShard(index, (db) => [
    db
      .prepare(
        `SELECT term, stem, df FROM words_${index.slot} WHERE term IN (SELECT value FROM json_each(?))`,
      )
      .bind(names),
  ]);
  const merged = new Map<string, Term>();
  for (const term of counted.flat(2))
    merged.set(term.term, { ...term, df: term.df + (merged.get(term.term)?.df ?? 0) });
  return merged;
}

const byFrequency = (a: Term, b: Term): number => b.df - a.df || (a.term < b.term ? -1 : 1);
