/**
 * Tokenizing and folding, the same for documents and queries. FTS5 gets words that are already split: its own tokenizers
 * neither find "spider man" in "Spider-Man" nor two-character words of Chinese.
 */

export interface Token {
  /** Folded: lower case, without diacritics. */
  text: string;
  /** [start, end) in UTF-16 code units of the original text. */
  start: number;
  end: number;
  /** For a run of a script without spaces: its overlapping pairs of characters, to be matched in sequence. */
  pairs?: string[];
}

/** Stands between fields, so that no phrase spans two of them; also the one token that every document has. */
export const SEPARATOR = "\u00a4";

const MAX_TOKEN_LENGTH = 40;
const WORD = /[\p{L}\p{N}\p{M}]+(?:['\u2019\u02bc.\u2010\u2011-][\p{L}\p{N}\p{M}]+)*|&/gu;
const NON_WORD_CHARACTERS = /[^\p{L}\p{N}\p{M}]/gu;
const CONNECTOR = /['\u2019\u02bc.\u2010\u2011-]/;
const APOSTROPHE = /['\u2019\u02bc]/g;
const HYPHEN_OR_DOT = /[.\u2010\u2011-]/;
const ACRONYM = /^(?:\p{L}\.)+\p{L}$/u;
/** Scripts without spaces between words, and Hangul, whose particles are attached to the word. */
const UNSPACED =
  /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}\u30fc]+/gu;
/** Marks of Latin, Greek, Cyrillic, Hebrew and Arabic. Those of Thai and the Indic scripts are vowels and stay. */
const DIACRITICS = /[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]/g;
/** Letters that Unicode does not decompose, as people usually type them without the mark. */
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
const TRANSLITERATED = new RegExp(`[${Object.keys(TRANSLITERATION).join("")}]`, "g");
const ASCII = /^\p{ASCII}*$/u;

/** Lower case, with compatibility forms unified and the usual diacritics removed. */
export function fold(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  return text
    .normalize("NFKD")
    .replace(DIACRITICS, "")
    .normalize("NFC")
    .toLowerCase()
    .replace(TRANSLITERATED, (letter) => TRANSLITERATION[letter] ?? letter);
}

/**
 * The words of a text in order. A hyphenated word yields its parts; a word with an apostrophe and an acronym with dots are
 * joined: `Ocean's` -> oceans, `E.T.` -> et, `Spider-Man` -> spider, man.
 */
export const tokenize = (text: string): Token[] => readText(text).tokens;

/**
 * The words of a text, and variants of those with connectors, with their positions: `spiderman` for Spider-Man,
 * `avventura` for L'Avventura. One pass yields both, since matching the words takes longest.
 */
export function readText(text: string): { tokens: Token[]; variants: Token[] } {
  const tokens: Token[] = [];
  const variants: Token[] = [];
  for (const match of text.matchAll(WORD)) {
    const word = match[0];
    if (word === "&") addToken(tokens, "and", match.index, match.index + 1);
    else if (CONNECTOR.test(word)) {
      addConnectedWord(tokens, word, match.index);
      addVariants(variants, word, match.index);
    } else addPlainWord(tokens, word, match.index);
  }
  return { tokens, variants };
}

/** The parts of a word between hyphens and dots. An apostrophe binds closer: `o'brien-smith` is o'brien and smith. */
const partsOf = (word: string): string[] =>
  ACRONYM.test(word) ? [word] : word.split(HYPHEN_OR_DOT);

function addConnectedWord(tokens: Token[], word: string, start: number): void {
  let at = start;
  for (const part of partsOf(word)) {
    addPlainWord(tokens, part.replace(APOSTROPHE, "").replaceAll(".", ""), at, at + part.length);
    at += part.length + 1;
  }
}

/** A folded word. Some characters fold to a text with brackets, dots or spaces, which are removed: `⑴` is (1). */
const foldWord = (word: string): string => fold(word).replaceAll(NON_WORD_CHARACTERS, "");

/** One word without connectors, split where its script changes to or from an unspaced one. */
function addPlainWord(
  tokens: Token[],
  word: string,
  start: number,
  end = start + word.length,
): void {
  if (ASCII.test(word)) return addToken(tokens, word.toLowerCase(), start, end);
  let at = 0;
  for (const run of word.matchAll(UNSPACED)) {
    if (run.index > at)
      addToken(tokens, foldWord(word.slice(at, run.index)), start + at, start + run.index);
    addUnspacedRun(tokens, run[0], start + run.index);
    at = run.index + run[0].length;
  }
  if (at === 0) addToken(tokens, foldWord(word), start, end);
  else if (at < word.length) addToken(tokens, foldWord(word.slice(at)), start + at, end);
}

function addUnspacedRun(tokens: Token[], run: string, start: number): void {
  const characters = [...foldWord(run)];
  const pairs = characters.slice(1).map((character, i) => `${characters[i]}${character}`);
  const token = { text: characters.join(""), start, end: start + run.length };
  tokens.push(pairs.length > 0 ? { ...token, pairs } : token);
}

function addToken(tokens: Token[], text: string, start: number, end: number): void {
  if (text.length > 0) tokens.push({ text: text.slice(0, MAX_TOKEN_LENGTH), start, end });
}

/** The words of a text in the sequence that phrases match: pairs of characters for unspaced scripts. */
export const wordSequence = (text: string): string[] => sequenceOf(tokenize(text));

const sequenceOf = (tokens: readonly Token[]): string[] =>
  tokens.flatMap((token) => token.pairs ?? [token.text]);

function addVariants(variants: Token[], word: string, start: number): void {
  const parts = partsOf(word);
  let at = start;
  for (const part of parts) {
    const last = part.split(APOSTROPHE).at(-1) ?? "";
    // Drops an elided article (`l'`); what follows a possessive or contraction (`'s`, `'ll`) is not a word.
    if (last.length < part.length && last.length > 2)
      addPlainWord(variants, last, at + part.length - last.length);
    at += part.length + 1;
  }
  if (parts.length > 1) {
    const joined = word.replaceAll(NON_WORD_CHARACTERS, "");
    addPlainWord(variants, joined, start, start + word.length);
  }
}

/** Other ways to type the words of a text, each once; for unspaced scripts, every single character. */
export function wordVariants(text: string): string[] {
  const { tokens, variants } = readText(text);
  const characters = tokens.flatMap((token) => (token.pairs ? [...token.text] : []));
  const sequence = new Set(sequenceOf(tokens));
  const all = [...sequenceOf(variants), ...characters];
  return [...new Set(all)].filter((word) => !sequence.has(word));
}

/** Sequences one after another, with separators that keep phrases from spanning two of them. */
export const joinSequences = (sequences: readonly string[][]): string[] =>
  sequences.flatMap((sequence, i) => (i > 0 ? [SEPARATOR, ...sequence] : sequence));

/** A sequence of words followed by their variants, with a separator between, so that no phrase matches the variants. */
export const withVariants = (sequence: readonly string[], variants: readonly string[]): string[] =>
  variants.length > 0 ? [...sequence, SEPARATOR, ...variants] : [...sequence];

/** The words of a text as the index holds them. */
export const indexWords = (text: string): string[] =>
  withVariants(wordSequence(text), wordVariants(text));

/**
 * Whether each space in the typed text is also in the title: `the r` is not a beginning of There Will Be Blood, though
 * both begin with the same letters.
 */
export function sharesWordBreaks(title: string, typed: string): boolean {
  const own = new Set(wordBreaks(title));
  return wordBreaks(typed)
    .slice(0, -1)
    .every((position) => own.has(position));
}

/** For each word, the number of letters up to its end. */
function wordBreaks(text: string): number[] {
  let letters = 0;
  return tokenize(text).map((token) => (letters += token.text.length));
}

/** A title without spaces and marks: equal for `Spider-Man`, `spider man` and `Spiderman`. */
export function titleKey(text: string): string {
  return tokenize(text)
    .map((token) => token.text)
    .join("");
}

/** Articles in the order in which they are tried. */
const ENGLISH_ARTICLES = ["the", "a", "an"];
const ARTICLES = new Set([
  ...ENGLISH_ARTICLES,
  ..."le la les el los las der die das il lo".split(" "),
]);

/** Words that people leave out at the beginning of a title, or add there. */
export const isArticle = (word: string): boolean => ARTICLES.has(word);

/** The title key of a text, then the keys of the same text with another article at its start, or none. */
export function titleKeys(text: string): string[] {
  const words = tokenize(text).map((token) => token.text);
  const rest = words.length > 1 && isArticle(words[0] ?? "") ? words.slice(1) : words;
  const key = rest.join("");
  return [...new Set([words.join(""), key, ...ENGLISH_ARTICLES.map((article) => article + key)])];
}
