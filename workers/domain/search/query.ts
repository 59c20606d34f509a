import { type Token, tokenize, wordSequence } from "./text.ts";

export interface QueryWord extends Token {
  /** The word is still being typed, so completions match as well. */
  prefix: boolean;
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
  const words = tokens.map((token, i) => ({
    ...token,
    prefix: !token.pairs && i === tokens.length - 1 && token.end === text.length,
  }));
  return {
    words,
    phrases: phrases.slice(0, MAX_PHRASES),
    excluded: excluded.slice(0, MAX_EXCLUSIONS),
    title,
  };
}
