import { stemmer } from "stemmer";

/**
 * The stem that joins the forms of an English word (Porter, as FTS5 would); short words and other scripts are
 * their own. Only the vocabulary holds stems: the index holds words, so an exact match stays exact.
 */
export const stemOf = (word: string): string => (/^[a-z]{3,}$/.test(word) ? stemmer(word) : word);
