import {
  prefixDistance,
  singleEdits,
  typoAllowance,
  typoKeys,
  distance,
} from "../../domain/search/edits.ts";
import { SEPARATOR } from "../../domain/search/text.ts";
import type { SearchDatabase, SearchIndex, Slot } from "./shards.ts";

/** A word of the index's own vocabulary; `df` is the number of videos that have it, over all shards. */
export interface Term {
  term: string;
  stem: string;
  df: number;
}

export interface Vocabulary {
  /** The words asked for that exist, and others with the same stem. */
  terms: Map<string, Term>;
  /** Most frequent words that begin with the unfinished one. */
  completions: Term[];
  /** Number of videos in the index; 0 where no words were asked for. */
  size: number;
}

/** A word that may have been meant. */
export interface Respelling extends Term {
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
const CEILING = "\u{10ffff}";

/** One round trip to each shard: what the index knows of these words; none without words. Reads some 150 rows. */
export async function lookUp(
  index: SearchIndex,
  words: readonly string[],
  stems: readonly string[],
  unfinished: string | null,
): Promise<Vocabulary> {
  if (words.length === 0) return { terms: new Map(), completions: [], size: 0 };
  const { slot } = index;
  const found = await eachShard(index, (db) => [
    db
      .prepare(
        `SELECT term, stem, df FROM words_${slot} WHERE term IN (SELECT value FROM json_each(?1)) UNION SELECT * FROM (SELECT term, stem, df FROM words_${slot} WHERE stem IN (SELECT value FROM json_each(?2)) LIMIT ${STEM_MATES})`,
      )
      .bind(JSON.stringify([...words, SEPARATOR]), JSON.stringify(stems)),
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
    completions: named(1).toSorted(byFrequency).slice(0, COMPLETIONS),
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

/**
 * Words of the vocabulary that each suspect may have been meant as, nearest and then most frequent first.
 * Short words are answered by looking up every single edit, long ones by shared typo keys: never by a scan.
 * @param suspects words in doubt; `prefix` where the word may be unfinished
 */
export async function respell(
  index: SearchIndex,
  suspects: readonly { text: string; prefix: boolean }[],
): Promise<Map<string, Respelling[]>> {
  const doubtful = suspects.filter(({ text }) => typoAllowance(text) > 0).slice(0, MAX_SUSPECTS);
  const result = new Map<string, Respelling[]>();
  if (doubtful.length === 0) return result;
  const found = await eachShard(index, (db) =>
    doubtful.flatMap((word) => candidates(db, index.slot, word)),
  );
  const terms = [...(await merge(index, found)).values()];
  for (const { text, prefix } of doubtful) {
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

function candidates(
  db: SearchDatabase,
  slot: Slot,
  word: { text: string; prefix: boolean },
): D1PreparedStatement[] {
  // The keys of a long word find what is one edit away as well, and longer words with such a start.
  if (typoAllowance(word.text) === 2)
    return [
      db
        .prepare(
          `SELECT term, stem, df FROM words_${slot} WHERE term IN (SELECT term FROM typos_${slot} WHERE key IN (SELECT value FROM json_each(?)) LIMIT 400)`,
        )
        .bind(JSON.stringify(typoKeys(word.text))),
    ];
  const edits = JSON.stringify(singleEdits(word.text));
  const whole = db
    .prepare(
      `SELECT term, stem, df FROM words_${slot} WHERE term IN (SELECT value FROM json_each(?))`,
    )
    .bind(edits);
  return word.prefix ? [whole, completedEdits(db, slot, [...word.text].length, edits)] : [whole];
}

/** The most frequent words that begin with an edit of the unfinished word, which has so many letters. */
function completedEdits(
  db: SearchDatabase,
  slot: Slot,
  letters: number,
  edits: string,
): D1PreparedStatement {
  const best = [letters - 1, letters, letters + 1].map(
    (length) =>
      `WHEN ${length} THEN (SELECT json_group_array(term) FROM (SELECT term FROM words_${slot} WHERE ${beginsWith("value", length)} ORDER BY weight DESC LIMIT ${EDIT_COMPLETIONS}))`,
  );
  return db
    .prepare(
      `SELECT term, stem, df FROM words_${slot} WHERE term IN (SELECT best.value FROM (SELECT CASE length(value) ${best.join(" ")} END AS list FROM json_each(?)) edits, json_each(edits.list) best)`,
    )
    .bind(edits);
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
