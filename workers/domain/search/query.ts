import { decadeForms, type Equivalent, equivalentsOf, isNumbered } from "./equivalents.ts";
import { type NumberReading, readNumber, readRoman } from "./numbers.ts";
import { type Token, tokenize, wordSequence } from "./text.ts";

/** One word, or a number of several: `twenty one` has these words as its pairs. */
export interface QueryWord extends Token {
  /** The word is still being typed, so completions match as well. */
  prefix: boolean;
  /** Other ways to write it. */
  equivalents: Equivalent[];
  /** A number, a decade, or a word such as `part` before a number: the first to leave out if no video has all words. */
  isNumber: boolean;
}

/** A parsed query. Any string is a valid query; there are no syntax errors. */
export interface ParsedQuery {
  words: QueryWord[];
  /** Quoted texts, each as a sequence of words. */
  phrases: string[][];
  /** Words and phrases after a minus sign. */
  excluded: string[][];
  /** The query without its exclusions: what the title would be if a title was typed. */
  title: string;
}

const MAX_QUERY_WORDS = 12;
const MAX_PHRASES = 4;
const MAX_EXCLUSIONS = 8;
/** A text in straight, curly or angled quotes with an optional minus before it, or a single word after a minus. */
const QUOTED_OR_EXCLUDED =
  /(^|\s)(-?)(?:"([^"]*)"|\u201c([^\u201d]*)\u201d|\u00ab([^\u00bb]*)\u00bb)|(?<=^|\s)-(?=[\p{L}\p{N}])(\S+)/gu;

/** Splits `star "darth vader" -parody` into words, phrases and exclusions. */
export function parseQuery(text: string): ParsedQuery {
  const phrases: string[][] = [];
  const excluded: string[][] = [];
  let title = text;
  const rest = text.replace(
    QUOTED_OR_EXCLUDED,
    (match, _before, minus, straight, curly, angled, word, at) => {
      const quoted = word ?? straight ?? curly ?? angled ?? "";
      const words = wordSequence(quoted).slice(0, MAX_QUERY_WORDS);
      // Spaces of the same length keep the offsets of the remaining words.
      const blank = " ".repeat(match.length);
      const isExcluded = word !== undefined || minus === "-";
      if (words.length > 0) (isExcluded ? excluded : phrases).push(words);
      if (isExcluded) title = title.slice(0, at) + blank + title.slice(at + match.length);
      return blank;
    },
  );
  const tokens = tokenize(rest).slice(0, MAX_QUERY_WORDS);
  return {
    words: readWords(tokens, text.length),
    phrases: phrases.slice(0, MAX_PHRASES),
    excluded: excluded.slice(0, MAX_EXCLUSIONS),
    title,
  };
}

/** @param end of the query; a word that ends there is unfinished */
function readWords(tokens: readonly Token[], end: number): QueryWord[] {
  const words: QueryWord[] = [];
  const texts = tokens.map((token) => (token.pairs ? "" : token.text));
  for (let at = 0; at < tokens.length;) {
    const number = numberAt(texts, at);
    const length = number?.length ?? 1;
    const word = joinTokens(tokens.slice(at, at + length));
    const isLast = at + length === tokens.length;
    words.push({
      ...word,
      prefix: !word.pairs && isLast && word.end === end,
      equivalents: equivalentsOf(word.text, number, mayBeI(texts, at, length)),
      isNumber: number !== null || decadeForms(word.text).length > 0,
    });
    at += length;
  }
  return words.map((word, i) =>
    isNumbered(word.text) && words[i + 1]?.isNumber ? { ...word, isNumber: true } : word,
  );
}

function numberAt(words: readonly string[], at: number): NumberReading | null {
  const word = words[at] ?? "";
  const value = at > 0 && (word.length > 1 || mayBeI(words, at, 1)) ? readRoman(word) : null;
  return value === null ? readNumber(words.slice(at)) : { value, isOrdinal: false, length: 1 };
}

/** Whether a single letter may be a Roman number here: at the end of a title, or after `part`. */
const mayBeI = (words: readonly string[], at: number, length: number): boolean =>
  at > 0 && (at + length === words.length || isNumbered(words[at - 1] ?? ""));

/** Tokens as one word, to be matched in sequence if there are several. */
function joinTokens(tokens: readonly Token[]): Token {
  const [first, last] = [tokens[0] as Token, tokens.at(-1) as Token];
  if (tokens.length === 1) return first;
  const pairs = tokens.map((token) => token.text);
  return { text: pairs.join(""), start: first.start, end: last.end, pairs };
}
