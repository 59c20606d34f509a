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
  /** The text without exclusions: the title that would be meant as a whole. */
  title: string;
}

const MAX_WORDS = 12;
const PIECE =
  /(^|\s)(-?)(?:"([^"]*)"|\u201c([^\u201d]*)\u201d|\u00ab([^\u00bb]*)\u00bb)|(?<=^|\s)-(?=[\p{L}\p{N}])(\S+)/gu;

/** Splits `star "darth vader" -parody` into words, phrases and exclusions. */
export function parseQuery(text: string): ParsedQuery {
  const phrases: string[][] = [];
  const excluded: string[][] = [];
  let title = text;
  const rest = text.replace(PIECE, (piece, _before, minus, straight, curly, angled, word, at) => {
    const words = wordsInRow(word ?? straight ?? curly ?? angled ?? "").slice(0, MAX_WORDS);
    // Blanks keep the offsets of what remains.
    const blank = " ".repeat(piece.length);
    const isExcluded = word !== undefined || minus === "-";
    if (words.length > 0) (isExcluded ? excluded : phrases).push(words);
    if (isExcluded) title = title.slice(0, at) + blank + title.slice(at + piece.length);
    return blank;
  });
  const tokens = tokenize(rest).slice(0, MAX_WORDS);
  const words = tokens.map((token, i) => ({
    ...token,
    prefix: !token.pairs && i === tokens.length - 1 && token.end === text.length,
  }));
  return { words, phrases: phrases.slice(0, 4), excluded: excluded.slice(0, 8), title };
}
