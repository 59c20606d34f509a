/**
 * Cutting and folding of text, the same for what is indexed and what is asked. FTS5 gets words that are ready:
 * its own tokenizers neither find "spider man" in "Spider-Man" nor two-character words of Chinese.
 */

export interface Token {
  /** Folded: lower case, without diacritics. */
  text: string;
  /** [start, end) in UTF-16 code units of the original text. */
  start: number;
  end: number;
  /** Several tokens of a script that is written without spaces: pairs of characters, to be matched in a row. */
  pairs?: string[];
}

/** Between fields, so that no phrase spans two of them; also the one token that every document has. */
export const SEPARATOR = "\u00a4";

const MAX_TOKEN = 40;
const WORD = /[\p{L}\p{N}\p{M}]+(?:['\u2019\u02bc.\u2010\u2011-][\p{L}\p{N}\p{M}]+)*|&/gu;
const NOT_IN_A_WORD = /[^\p{L}\p{N}\p{M}]/gu;
const CONNECTOR = /['\u2019\u02bc.\u2010\u2011-]/;
const APOSTROPHE = /['\u2019\u02bc]/g;
const HYPHEN = /[.\u2010\u2011-]/;
const ACRONYM = /^(?:\p{L}\.)+\p{L}$/u;
/** Scripts without spaces between words (and Hangul, whose particles are glued to the word). */
const UNSPACED =
  /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}\u30fc]+/gu;
/** Marks of Latin, Greek, Cyrillic, Hebrew and Arabic; those of Thai and the Indic scripts are vowels and stay. */
const DIACRITICS = /[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]/g;
/** Letters that Unicode does not decompose, as they are usually typed without their mark. */
const TRANSLITERATION: Record<string, string> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  đ: "d",
  ð: "d",
  þ: "th",
  ł: "l",
  ħ: "h",
  ı: "i",
  ŋ: "n",
  ς: "σ",
};
const SPECIAL = new RegExp(`[${Object.keys(TRANSLITERATION).join("")}]`, "g");
const ASCII = /^\p{ASCII}*$/u;

/** Lower case, compatibility forms unified, the usual marks removed. */
export function fold(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  return text
    .normalize("NFKD")
    .replace(DIACRITICS, "")
    .normalize("NFC")
    .toLowerCase()
    .replace(SPECIAL, (letter) => TRANSLITERATION[letter] ?? letter);
}

/**
 * The words of a text in order. A word with hyphens gives its parts; one with an apostrophe or an acronym
 * with dots is joined: `Ocean's` -> oceans, `E.T.` -> et, `Spider-Man` -> spider, man.
 */
export const tokenize = (text: string): Token[] => readText(text).tokens;

/**
 * The words of a text, and other readings of those with connectors, at their places: `spiderman` for Spider-Man,
 * `avventura` for L'Avventura. Both at once: to find the words takes longest.
 */
export function readText(text: string): { tokens: Token[]; others: Token[] } {
  const tokens: Token[] = [];
  const others: Token[] = [];
  for (const match of text.matchAll(WORD)) {
    const word = match[0];
    if (word === "&") push(tokens, "and", match.index, match.index + 1);
    else if (CONNECTOR.test(word)) {
      connected(tokens, word, match.index);
      readOtherwise(others, word, match.index);
    } else plain(tokens, word, match.index);
  }
  return { tokens, others };
}

/** The parts of a word between hyphens and dots; an apostrophe binds closer: `o'brien-smith` is o'brien and smith. */
const piecesOf = (word: string): string[] => (ACRONYM.test(word) ? [word] : word.split(HYPHEN));

function connected(tokens: Token[], word: string, start: number): void {
  let at = start;
  for (const piece of piecesOf(word)) {
    plain(tokens, piece.replace(APOSTROPHE, "").replaceAll(".", ""), at, at + piece.length);
    at += piece.length + 1;
  }
}

/** A word folded. Some letters and numbers are short for a text with brackets, dots or spaces: `⑴` for (1). */
const folded = (word: string): string => fold(word).replaceAll(NOT_IN_A_WORD, "");

/** One word without connectors, cut where its script changes to or from an unspaced one. */
function plain(tokens: Token[], word: string, start: number, end = start + word.length): void {
  if (ASCII.test(word)) return push(tokens, word.toLowerCase(), start, end);
  let at = 0;
  for (const run of word.matchAll(UNSPACED)) {
    if (run.index > at)
      push(tokens, folded(word.slice(at, run.index)), start + at, start + run.index);
    unspaced(tokens, run[0], start + run.index);
    at = run.index + run[0].length;
  }
  if (at === 0) push(tokens, folded(word), start, end);
  else if (at < word.length) push(tokens, folded(word.slice(at)), start + at, end);
}

function unspaced(tokens: Token[], run: string, start: number): void {
  const characters = [...folded(run)];
  const pairs = characters.slice(1).map((character, i) => `${characters[i]}${character}`);
  const token = { text: characters.join(""), start, end: start + run.length };
  tokens.push(pairs.length > 0 ? { ...token, pairs } : token);
}

function push(tokens: Token[], text: string, start: number, end: number): void {
  if (text.length > 0) tokens.push({ text: text.slice(0, MAX_TOKEN), start, end });
}

/** The words of a text in a row, as phrases meet them: pairs of characters for unspaced scripts. */
export const wordsInRow = (text: string): string[] => rowOf(tokenize(text));

const rowOf = (tokens: readonly Token[]): string[] =>
  tokens.flatMap((token) => token.pairs ?? [token.text]);

function readOtherwise(others: Token[], word: string, start: number): void {
  const pieces = piecesOf(word);
  let at = start;
  for (const piece of pieces) {
    const last = piece.split(APOSTROPHE).at(-1) ?? "";
    // The elided article is left out; a possessive or contraction (`'s`, `'ll`) is no word.
    if (last.length < piece.length && last.length > 2)
      plain(others, last, at + piece.length - last.length);
    at += piece.length + 1;
  }
  if (pieces.length > 1) {
    const joined = word.replaceAll(NOT_IN_A_WORD, "");
    plain(others, joined, start, start + word.length);
  }
}

/** What else the words of a text may be typed as, each once; of an unspaced script, each character. */
export function otherReadings(text: string): string[] {
  const { tokens, others: otherwise } = readText(text);
  const characters = tokens.flatMap((token) => (token.pairs ? [...token.text] : []));
  const row = new Set(rowOf(tokens));
  const others = [...rowOf(otherwise), ...characters];
  return [...new Set(others)].filter((word) => !row.has(word));
}

/** Rows of words one after another, so that no phrase goes from one to the next. */
export const separated = (rows: readonly string[][]): string[] =>
  rows.flatMap((row, i) => (i > 0 ? [SEPARATOR, ...row] : row));

/** Words in a row, then behind a separator, so that no phrase meets them, their other readings. */
export const indexed = (row: readonly string[], others: readonly string[]): string[] =>
  others.length > 0 ? [...row, SEPARATOR, ...others] : [...row];

/** The words of a text as the index holds them. */
export const indexWords = (text: string): string[] =>
  indexed(wordsInRow(text), otherReadings(text));

/**
 * Whether each space of what was typed is one of the title's: `the r` is no beginning of There Will Be Blood, though both
 * begin with the same letters.
 */
export function sharesSpaces(title: string, typed: string): boolean {
  const own = new Set(spacesOf(title));
  return spacesOf(typed)
    .slice(0, -1)
    .every((place) => own.has(place));
}

/** Letters before the end of each word. */
function spacesOf(text: string): number[] {
  let letters = 0;
  return tokenize(text).map((token) => (letters += token.text.length));
}

/** A title without spaces and marks: equal for `Spider-Man`, `spider man` and `Spiderman`. */
export const squash = (text: string): string =>
  tokenize(text)
    .map((token) => token.text)
    .join("");
