import type { QueryWord } from "./query.ts";

/** One way to read a typed word: a word of the index or, with `pairs`, a sequence of characters. */
export interface Alternative {
  text: string;
  prefix: boolean;
  pairs?: string[];
  /** Like `pairs`, but none of the words matches alone. */
  sequence?: string[];
  /** How close it is to what was typed, from 0 to 1. */
  quality: number;
}

/** A typed word and everything that counts as a match for it. */
export interface WordGroup {
  typed: QueryWord;
  alternatives: Alternative[];
  /** The most frequent completions of an unfinished word, for tables without prefix indexes. */
  completions: Alternative[];
  /** Document frequency: number of videos with the most frequent alternative. The higher, the less the word weighs. */
  df: number;
  /** It is so frequent that it does not narrow the result; it counts only in ranking. */
  optional: boolean;
  /** It is in so many videos that checking its position in each takes long. */
  frequent: boolean;
  /** The index has the word as typed, another form of it, or words that start with it. */
  known: boolean;
  /** Spelling corrections have been looked up. */
  spellingsAdded: boolean;
}
