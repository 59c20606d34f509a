import type { QueryWord } from "./query.ts";

/** One way to read a word: a word of the index, or with `pairs` characters in a row. */
export interface Alternative {
  text: string;
  prefix: boolean;
  pairs?: string[];
  /** 0 to 1: how near it is to what was typed. */
  quality: number;
}

/** A typed word and everything that counts as a match for it. */
export interface WordGroup {
  typed: QueryWord;
  alternatives: Alternative[];
  /** Most frequent completions of an unfinished word, for indexes that have no prefix lists. */
  completions: Alternative[];
  /** Videos with the likeliest reading; the weight of the word falls with it. */
  df: number;
  /** So frequent that it does not narrow the result: it counts in ranking only. */
  optional: boolean;
  /** In so many videos that looking at its place in each takes long. */
  crowded: boolean;
  /** The index knows the word as typed, or words that begin with it. */
  known: boolean;
  /** Other spellings have been looked for. */
  spellingsAdded: boolean;
}
