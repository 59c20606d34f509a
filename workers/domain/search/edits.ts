import { fold } from "./text.ts";

/** Spelling distance and the terms that may be meant, without scanning the vocabulary. */

/** How many typos a word of this length is forgiven. */
export const typoAllowance = (word: string): 0 | 1 | 2 =>
  word.length >= 8 ? 2 : word.length >= 4 ? 1 : 0;

/**
 * Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours cost one each.
 * @returns more than `max` as soon as the distance is sure to be
 */
export function distance(a: string, b: string, max: number): number {
  if (Math.abs(a.length - b.length) > max) return max + 1;
  return lastRow(a, b, max)?.at(-1) ?? max + 1;
}

/** The least distance of `typed` from any start of `term`: how well an unfinished word fits. */
export function prefixDistance(typed: string, term: string, max: number): number {
  const row = lastRow(typed, term.slice(0, typed.length + max), max);
  return row ? Math.min(...row) : max + 1;
}

/** Last row of the distance matrix; null when every cell of a row is above `max`. */
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

const ALPHABETS: [RegExp, string][] = [
  [/[a-z]/, "abcdefghijklmnopqrstuvwxyz"],
  [/[0-9]/, "0123456789"],
  [/\p{sc=Cyrl}/u, "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґ"],
  [/\p{sc=Grek}/u, "αβγδεζηθικλμνξοπρστυφχψω"],
  [/\p{sc=Arab}/u, "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءپچژگکی"],
];
/** Most scripts have blocks of so many characters, or half. */
const BLOCK = 128;

/** The letters of a word's script, as folding leaves them: where none are listed, those of its block of Unicode. */
function alphabetOf(word: string): string {
  const listed = ALPHABETS.find(([script]) => script.test(word))?.[1];
  if (listed !== undefined) return listed;
  const block = (word.codePointAt(0) ?? 0) & ~(BLOCK - 1);
  const letters = Array.from({ length: BLOCK }, (_, i) => String.fromCodePoint(block + i));
  return letters
    .filter((letter) => /[\p{L}\p{M}]/u.test(letter) && fold(letter) === letter)
    .join("");
}

/** Every string that one edit makes of the word: about 55 for each letter, all looked up in one statement. */
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

/** Letters of a term that the typo keys look at, and the shortest term that has them. */
const KEYED = 8;
const SHORTEST = 6;

/**
 * The start of a long word with up to two letters left out (symmetric deletion, after SymSpell): two words within
 * two edits share a key.
 */
export function typoKeys(word: string): string[] {
  if (word.length < SHORTEST) return [];
  const start = word.slice(0, KEYED);
  const once = lessOne(start);
  return [...new Set([start, ...once, ...once.flatMap(lessOne)])];
}

const lessOne = (word: string): string[] =>
  Array.from(word, (_, i) => word.slice(0, i) + word.slice(i + 1));
