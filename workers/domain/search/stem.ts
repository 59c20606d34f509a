import { stemmer } from "stemmer";

/**
 * The Porter stem that joins the forms of an English word, as FTS5's `porter` tokenizer would. Words of one or two
 * letters and words of other scripts are their own stem. Only the vocabulary holds stems: the index holds words, so an
 * exact match stays exact.
 */
export const stemOf = (word: string): string => (/^[a-z]{3,}$/.test(word) ? stemmer(word) : word);
