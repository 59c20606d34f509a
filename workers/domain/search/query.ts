import { type Token, tokenize, wordsInRow } from "./text.ts";

export interface QueryWord extends Token {
  /** Still being typed: completions match too. */
  prefix: boolean;
}

/** What a person typed, taken apart. Any string is a query; there is no syntax error. */
export interface ParsedQuery {
  words: QueryWord[];
  /** Texts in quotes: their words in a row. */
  phrases: string[][];
  /** Words and phrases after a minus. */
  excluded: string[][];
  text: string;
}

const MAX_WORDS = 12;
const PIECE =
  /(^|\s)(-?)(?:"([^"]*)"|\u201c([^\u201d]*)\u201d|\u00ab([^\u00bb]*)\u00bb)|(?<=^|\s)-(?=[\p{L}\p{N}])(\S+)/gu;

/** Splits `star "darth vader" -parody` into words, phrases and exclusions. */
export function parseQuery(text: string): ParsedQuery {
  const phrases: string[][] = [];
  const excluded: string[][] = [];
  // Blanks keep the offsets of what remains.
  const rest = text.replace(PIECE, (piece, _before, minus, straight, curly, angled, word) => {
    const words = wordsInRow(word ?? straight ?? curly ?? angled ?? "").slice(0, MAX_WORDS);
    if (words.length > 0) (word !== undefined || minus === "-" ? excluded : phrases).push(words);
    return " ".repeat(piece.length);
  });
  const tokens = tokenize(rest).slice(0, MAX_WORDS);
  const words = tokens.map((token, i) => ({
    ...token,
    prefix: !token.pairs && i === tokens.length - 1 && token.end === text.length,
  }));
  return { words, phrases: phrases.slice(0, 4), excluded: excluded.slice(0, 8), text };
}
