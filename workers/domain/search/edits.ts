import { fold } from "./text.ts";

/** Edit distance, and the words that a typo may stand for, without scanning the vocabulary. */

/** How many typos are corrected in a word of this length. */
export const typoAllowance = (word: string): 0 | 1 | 2 =>
  word.length >= 8 ? 2 : word.length >= 4 ? 1 : 0;

/**
 * Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours cost one each.
 * @returns more than `max` as soon as the distance is known to exceed it
 */
export function distance(a: string, b: string, max: number): number {
  if (Math.abs(a.length - b.length) > max) return max + 1;
  return lastRow(a, b, max)?.at(-1) ?? max + 1;
}

/** The smallest distance between `typed` and any beginning of `term`: how well an unfinished word matches. */
export function prefixDistance(typed: string, term: string, max: number): number {
  const row = lastRow(typed, term.slice(0, typed.length + max), max);
  return row ? Math.min(...row) : max + 1;
}

/** Last row of the distance matrix; null as soon as every cell of a row is above `max`. */
function lastRow(a: string, b: string, max: number): number[] | null {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(at(row, j - 1) + 1, at(previous, j) + 1, at(previous, j - 1) + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, at(before, j - 2) + 1);
      row.push(cost);
    }
    if (Math.min(...row) > max) return null;
    before = previous;
    previous = row;
  }
  return previous;
}

const at = (row: number[], i: number): number => row[i] ?? Number.POSITIVE_INFINITY;

const ALPHABETS: [script: RegExp, letters: string][] = [
  [/[a-z]/, "abcdefghijklmnopqrstuvwxyz"],
  [/[0-9]/, "0123456789"],
  [/\p{sc=Cyrl}/u, "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґ"],
  [/\p{sc=Grek}/u, "αβγδεζηθικλμνξοπρστυφχψω"],
  [/\p{sc=Arab}/u, "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءپچژگکی"],
];
/** Most scripts have a Unicode block of this size or half of it. */
const UNICODE_BLOCK_SIZE = 128;

/** The letters of a word's script after folding. For scripts not in ALPHABETS, the letters of the word's Unicode block. */
function alphabetOf(word: string): string {
  const listed = ALPHABETS.find(([script]) => script.test(word))?.[1];
  if (listed !== undefined) return listed;
  const block = (word.codePointAt(0) ?? 0) & ~(UNICODE_BLOCK_SIZE - 1);
  const letters = Array.from({ length: UNICODE_BLOCK_SIZE }, (_, i) =>
    String.fromCodePoint(block + i),
  );
  return letters
    .filter((letter) => /[\p{L}\p{M}]/u.test(letter) && fold(letter) === letter)
    .join("");
}

/** Every string one edit away from the word: about 55 per letter, all looked up in one statement. */
export function singleEdits(word: string): string[] {
  const alphabet = alphabetOf(word);
  const edits = new Set<string>();
  for (let i = 0; i <= word.length; i++) {
    const head = word.slice(0, i);
    const tail = word.slice(i);
    if (tail) edits.add(head + tail.slice(1));
    if (tail.length > 1) edits.add(head + tail.charAt(1) + tail.charAt(0) + tail.slice(2));
    for (const letter of alphabet) {
      if (tail) edits.add(head + letter + tail.slice(1));
      edits.add(head + letter + tail);
    }
  }
  edits.delete(word);
  return [...edits];
}

/** Typo keys are made of the first letters of a term. */
const KEYED_LETTERS = 8;
/** Shorter terms have no typo keys. */
const MIN_KEYED_LENGTH = 6;

/**
 * The start of a long word with up to two letters left out (symmetric deletion, after SymSpell): two words within two
 * edits share a key.
 */
export function typoKeys(word: string): string[] {
  if (word.length < MIN_KEYED_LENGTH) return [];
  const start = word.slice(0, KEYED_LETTERS);
  const once = singleDeletions(start);
  return [...new Set([start, ...once, ...once.flatMap(singleDeletions)])];
}

const singleDeletions = (word: string): string[] =>
  Array.from(word, (_, i) => word.slice(0, i) + word.slice(i + 1));
