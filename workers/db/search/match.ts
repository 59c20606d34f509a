import type { MaturityLimit } from "../../contract/maturity-ratings.ts";
import { categoryToken, maturityToken, noMatchToken } from "../../domain/search/filters.ts";
import { SEPARATOR } from "../../domain/search/text.ts";
import type { Alternative, WordGroup } from "../../domain/search/word-group.ts";

/** The conditions of a search, before they become FTS5 expressions. */
export interface Conditions {
  groups: WordGroup[];
  phrases: string[][];
  excluded: string[][];
  /** A match has at least one token of each group. */
  filters: string[][];
}

/** FTS5 takes this as the end of an expression. */
const NUL = "\0";

/** The only way for text to get into a MATCH expression: as one quoted string, which FTS5 never parses as syntax. */
const quote = (text: string): string => `"${text.replaceAll(NUL, "").replaceAll('"', '""')}"`;

const phrase = (words: readonly string[]): string => quote(words.join(" "));

/** Matches no document. */
export const noMatch = quote(noMatchToken);

/** Matches every document. */
export const allMatch = quote(SEPARATOR);

/** An OR of expressions. Without any it matches nothing, since empty brackets are a syntax error in FTS5. */
function any(parts: readonly string[]): string {
  const [first = noMatch, ...rest] = new Set(parts);
  return rest.length === 0 ? first : `(${[first, ...rest].join(" OR ")})`;
}

function alternativeMatch(alternative: Alternative): string {
  const sequence = alternative.pairs ?? alternative.sequence;
  if (sequence) return phrase(sequence);
  return alternative.prefix ? `${quote(alternative.text)} *` : quote(alternative.text);
}

/** Letters of the longest prefix index that the tables for titles and head have. */
const MAX_PREFIX_LETTERS = 3;
/** Completions to search for in the body, which has no prefix indexes. */
const MAX_BODY_COMPLETIONS = 12;

/** A short unfinished word is one prefix; for a longer one, FTS5 would first merge the lists of all its completions. */
function headWord(group: WordGroup): string {
  return [...group.typed.text].length <= MAX_PREFIX_LETTERS
    ? any(group.alternatives.map(alternativeMatch))
    : anyWithoutPrefix([...group.alternatives, ...group.completions]);
}

/** An unfinished word is an OR of its most frequent completions. */
const bodyWord = (group: WordGroup): string =>
  anyWithoutPrefix([...group.alternatives, ...group.completions.slice(0, MAX_BODY_COMPLETIONS)]);

/** Whether the body finds everything that titles and head find: these may know more completions of an unfinished word. */
export const isCovered = ({ groups }: Conditions): boolean =>
  groups.every(({ completions }) => completions.length <= MAX_BODY_COMPLETIONS);

const anyWithoutPrefix = (alternatives: readonly Alternative[]): string =>
  any(alternatives.filter((alternative) => !alternative.prefix).map(alternativeMatch));

/**
 * Text to put before and after an expression to require these parts too, each checked only where all parts before it
 * match. FTS5 flattens plain ANDs into one list and advances all its members for each match of one; a `NOT` of the
 * expression without matches keeps them apart.
 */
export function around(parts: readonly string[]): [before: string, after: string] {
  return [
    "(".repeat(parts.length),
    // NOT binds closer than AND, so brackets nest no deeper than FTS5's parser supports.
    parts.map((part) => ` AND (${part})) NOT ${noMatch}`).join(""),
  ];
}

/** Each group of filter tokens as an expression. */
export const filterMatches = (filters: readonly string[][]): string[] =>
  filters.map((tokens) => any(tokens.map(quote)));

/** An expression for all of these words and all phrases and filters, without exclusions. */
function assemble(words: string[], conditions: Conditions): string {
  const required = [
    ...words,
    ...conditions.phrases.map(phrase),
    ...filterMatches(conditions.filters),
  ];
  const [first = allMatch, ...rest] = required;
  const included = around(rest).join(first);
  const excluded = exclusionMatch(conditions);
  return excluded === null ? included : `(${included}) NOT ${excluded}`;
}

/** The words that narrow the result, rarest first. */
const narrowing = (conditions: Conditions): WordGroup[] =>
  conditions.groups.filter((group) => !group.optional).toSorted((a, b) => a.df - b.df);

/** All words, in any field. */
export const bodyMatch = (conditions: Conditions): string =>
  assemble(narrowing(conditions).map(bodyWord), conditions);

/** The excluded terms; null if nothing is excluded. */
export const exclusionMatch = ({ excluded }: Conditions): string | null =>
  excluded.length > 0 ? any(excluded.map(phrase)) : null;

/** All words within one cue window; null without words and phrases. */
export function cueMatch(conditions: Conditions): string | null {
  const { groups, phrases } = conditions;
  if (groups.length + phrases.length === 0) return null;
  return assemble(groups.map(bodyWord), { ...conditions, filters: [] });
}

/**
 * All words that narrow the result, for the titles and for the head (title, people and tags). These tables have no filter
 * tokens, which would fill their prefix indexes. If a filter is so narrow that none of the first matches passes, the body
 * still has the whole result.
 */
export const headMatch = (conditions: Conditions): string =>
  assemble(narrowing(conditions).map(headWord), { ...conditions, filters: [] });

/** The typed words in sequence; null for fewer than three, and if all are too frequent to check each position. */
export function sequenceMatch(conditions: Conditions): string | null {
  return conditions.groups.length > 2 && conditions.groups.some((group) => !group.frequent)
    ? wholeSequence(conditions)
    : null;
}

/** The two rarest words first, so that the whole sequence is checked only where both are. */
function wholeSequence(conditions: Conditions): string {
  const words = ({ typed }: WordGroup) => typed.pairs ?? [typed.text];
  const rarest = conditions.groups.toSorted((a, b) => a.df - b.df).slice(0, 2);
  const all = conditions.groups.flatMap(words);
  return assemble([...rarest.map(words), all].map(phrase), conditions);
}

/** Words that the index has in any form. */
function findable(conditions: Conditions): WordGroup[] {
  const isFindable = (group: WordGroup) => group.df > 0 || group.typed.pairs !== undefined;
  const words = narrowing(conditions).filter(isFindable);
  return (words.length > 0 ? words : conditions.groups.filter(isFindable)).toSorted(
    (a, b) => a.df - b.df,
  );
}

/** All words but numbers and what they number; null if no others can be found, or all are others. */
export function withoutNumbersMatch(conditions: Conditions): string | null {
  const words = narrowing(conditions);
  const others = words.filter((group) => !group.typed.isNumber);
  return others.length === 0 || others.length === words.length
    ? null
    : assemble(others.map(bodyWord), conditions);
}

const MAX_WORDS_OF_MOST = 6;
const MAX_WORDS_OF_ANY = 3;
const MAX_SIMILAR_WORDS = 24;

/** All words that can be found or, if that is all of them, all but any one. */
export function mostMatch(conditions: Conditions): string {
  const words = findable(conditions).slice(0, MAX_WORDS_OF_MOST);
  if (words.length === 0) return bodyMatch(conditions);
  if (words.length === 1 || words.length < narrowing(conditions).length)
    return assemble(words.map(bodyWord), conditions);
  const subsets = words.map((omitted) => {
    const rest = words.filter((group) => group !== omitted);
    return `(${rest.map(bodyWord).join(" AND ")})`;
  });
  return assemble([any(subsets)], conditions);
}

/** Any of the rarest words: the last resort. A number alone says little. */
export function anyMatch(conditions: Conditions): string {
  const found = findable(conditions);
  const others = found.filter((group) => !group.typed.isNumber);
  const words = (others.length > 0 ? others : found).slice(0, MAX_WORDS_OF_ANY);
  return words.length === 0
    ? bodyMatch(conditions)
    : assemble([any(words.map(bodyWord))], conditions);
}

/** Any of these words. */
export const anyWordMatch = (words: readonly string[]): string =>
  [...new Set(words)].slice(0, MAX_SIMILAR_WORDS).map(quote).join(" OR ");

/** The videos of a category that a maturity limit leaves. */
export const categoryMatch = (category: string, limit: MaturityLimit | null): string =>
  [categoryToken(category), ...(limit === null ? [] : [maturityToken(limit)])]
    .map(quote)
    .join(" AND ");
