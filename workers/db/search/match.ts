import type { Alternative, WordGroup } from "../../domain/search/word-group.ts";
import { categoryToken, nothingToken } from "../../domain/search/filters.ts";
import { SEPARATOR } from "../../domain/search/text.ts";

/** The conditions of a search, before they are FTS5 syntax. */
export interface Conditions {
  groups: WordGroup[];
  phrases: string[][];
  excluded: string[][];
  /** A match has one token of each group. */
  filters: string[][];
}

/** Here FTS5 takes an expression to end. */
const NUL = "\0";

/** The only way a text gets into a MATCH expression: as one quoted string, which FTS5 never reads as syntax. */
const quote = (text: string): string => `"${text.replaceAll(NUL, "").replaceAll('"', '""')}"`;

const phrase = (words: readonly string[]): string => quote(words.join(" "));

/** No document. */
export const nothingMatch = quote(nothingToken);

/** Every document. */
export const everythingMatch = quote(SEPARATOR);

/** Of no parts, what nothing matches: FTS5 takes empty brackets for an error. */
function any(parts: readonly string[]): string {
  const [first = nothingMatch, ...rest] = new Set(parts);
  return rest.length === 0 ? first : `(${[first, ...rest].join(" OR ")})`;
}

const reading = (alternative: Alternative): string => {
  if (alternative.pairs) return phrase(alternative.pairs);
  return alternative.prefix ? `${quote(alternative.text)} *` : quote(alternative.text);
};

/** Letters of the longest prefix lists that titles and head have. */
const PREFIX_LETTERS = 3;
/** Completions looked for in the body, which has no prefix lists. */
const BODY_COMPLETIONS = 12;

/** An unfinished word of few letters is one prefix; of a longer one, FTS5 would first merge all its completions. */
const headWord = (group: WordGroup): string =>
  [...group.typed.text].length <= PREFIX_LETTERS
    ? any(group.alternatives.map(reading))
    : anyWhole([...group.alternatives, ...group.completions]);

/** An unfinished word is an OR of its most frequent completions. */
const bodyWord = (group: WordGroup): string =>
  anyWhole([...group.alternatives, ...group.completions.slice(0, BODY_COMPLETIONS)]);

/** Whether the body finds all that titles and head do: of an unfinished word these may know more completions. */
export const isCovered = ({ groups }: Conditions): boolean =>
  groups.every(({ completions }) => completions.length <= BODY_COMPLETIONS);

const anyWhole = (alternatives: readonly Alternative[]): string =>
  any(alternatives.filter((alternative) => !alternative.prefix).map(reading));

/**
 * What comes before and after an expression to require these parts too, each looked at only where all before it have met:
 * FTS5 makes one list of plain ANDs and moves all its members for each match of one. `NOT` what nothing matches keeps
 * them apart.
 */
export const around = (parts: readonly string[]): [before: string, after: string] => [
  "(".repeat(parts.length),
  // Brackets nest no deeper than FTS5's parser can follow, since NOT binds closer than AND.
  parts.map((part) => ` AND (${part})) NOT ${nothingMatch}`).join(""),
];

/** Each group of filter tokens as an expression. */
export const filterMatches = (filters: readonly string[][]): string[] =>
  filters.map((tokens) => any(tokens.map(quote)));

function assemble(words: string[], conditions: Conditions): string {
  const required = [
    ...words,
    ...conditions.phrases.map(phrase),
    ...filterMatches(conditions.filters),
  ];
  const [first = everythingMatch, ...rest] = required;
  const wanted = around(rest).join(first);
  const unwanted = unwantedMatch(conditions);
  return unwanted === null ? wanted : `(${wanted}) NOT ${unwanted}`;
}

/** Rarest first. */
const narrowing = (conditions: Conditions): WordGroup[] =>
  conditions.groups.filter((group) => !group.optional).toSorted((a, b) => a.df - b.df);

/** All words, in any field. */
export const bodyMatch = (conditions: Conditions): string =>
  assemble(narrowing(conditions).map(bodyWord), conditions);

/** What no match has; null where nothing is excluded. */
export const unwantedMatch = ({ excluded }: Conditions): string | null =>
  excluded.length > 0 ? any(excluded.map(phrase)) : null;

/** All words within one caption window; null where there is nothing to listen for. */
export function cueMatch(conditions: Conditions): string | null {
  const { groups, phrases } = conditions;
  if (groups.length + phrases.length === 0) return null;
  return assemble(groups.map(bodyWord), { ...conditions, filters: [] });
}

/**
 * All words that narrow the result, for the titles and for the head (title, people and tags). These have no filter tokens, which would fill
 * their prefix lists; where a filter is so narrow that the first matches miss it, the body holds the whole result.
 */
export const headMatch = (conditions: Conditions): string =>
  assemble(narrowing(conditions).map(headWord), { ...conditions, filters: [] });

/** The typed words in a row; null where they are too few to say something, or all in too many videos to look at each. */
export const rowMatch = (conditions: Conditions): string | null =>
  conditions.groups.length > 2 && conditions.groups.some((group) => !group.crowded)
    ? rowOf(conditions)
    : null;

/** The two rarest words first: the whole row is looked at only where these meet. */
function rowOf(conditions: Conditions): string {
  const words = ({ typed }: WordGroup) => typed.pairs ?? [typed.text];
  const rarest = conditions.groups.toSorted((a, b) => a.df - b.df).slice(0, 2);
  const whole = conditions.groups.flatMap(words);
  return assemble([...rarest.map(words), whole].map(phrase), conditions);
}

/** Words that can be found at all: the index knows none of the others. */
function findable(conditions: Conditions): WordGroup[] {
  const can = (group: WordGroup) => group.df > 0 || group.typed.pairs !== undefined;
  const words = narrowing(conditions).filter(can);
  return (words.length > 0 ? words : conditions.groups.filter(can)).toSorted((a, b) => a.df - b.df);
}

/** All words that can be found, or where that is all of them, all but any one. */
export function mostMatch(conditions: Conditions): string {
  const words = findable(conditions).slice(0, 6);
  if (words.length === 0) return bodyMatch(conditions);
  if (words.length === 1 || words.length < narrowing(conditions).length)
    return assemble(words.map(bodyWord), conditions);
  const subsets = words.map((left) => {
    const rest = words.filter((group) => group !== left);
    return `(${rest.map(bodyWord).join(" AND ")})`;
  });
  return assemble([any(subsets)], conditions);
}

/** Any of the rarest words: the last resort. */
export function anyMatch(conditions: Conditions): string {
  const words = findable(conditions).slice(0, 3);
  return words.length === 0
    ? bodyMatch(conditions)
    : assemble([any(words.map(bodyWord))], conditions);
}

/** Any of these words. */
export const anyWordMatch = (words: readonly string[]): string =>
  [...new Set(words)].slice(0, 24).map(quote).join(" OR ");

export const categoryMatch = (category: string): string => quote(categoryToken(category));
