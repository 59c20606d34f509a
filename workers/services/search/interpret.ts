import { lookUpWords } from "../../db/search/frequent-words.ts";
import type { SearchIndex, Term } from "../../db/search/shards.ts";
import {
  correctSpelling,
  MAX_SUSPECTS,
  type SpellingCorrection,
  type VocabularyQuery,
} from "../../db/search/vocabulary.ts";
import { MATCH_QUALITY } from "../../domain/ranking.ts";
import { typoAllowance } from "../../domain/search/edits.ts";
import type { ParsedQuery, QueryWord } from "../../domain/search/query.ts";
import { splitsOf } from "../../domain/search/joined-words.ts";
import { stemOf } from "../../domain/search/stem.ts";
import type { Alternative, WordGroup } from "../../domain/search/word-group.ts";

const MAX_STEM_MATES = 6;
const MAX_CORRECTIONS = 16;
/** Ways to read an unknown word as two. */
const MAX_SPLITS = 3;
/** A word in more than this share of all videos does not narrow the result. */
const OPTIONAL_SHARE = 0.25;
/** In a smaller index, a word's share of videos means too little. */
const MIN_VIDEOS_FOR_OPTIONAL = 1000;
/** Searching for a phrase with a word in more videos takes some milliseconds. */
const FREQUENT_VIDEOS = 2000;
/** In an index of up to this many videos, no word takes long. */
const SMALL_INDEX_VIDEOS = 100_000;

/** Looks up the typed words in the vocabulary of the index, with spelling corrections for unknown words. */
export async function interpret(index: SearchIndex, query: ParsedQuery): Promise<WordGroup[]> {
  const spaced = query.words.filter((word) => !word.pairs || word.equivalents.length > 0);
  const vocabulary = await lookUpWords(index, spaced.map(vocabularyQuery));
  const groups = query.words.map((typed): WordGroup => {
    const equivalents = knownEquivalents(typed, vocabulary.terms);
    if (typed.pairs) return withEquivalents(pairGroup(typed), equivalents);
    const exact = vocabulary.terms.get(typed.text);
    const stem = stemOf(typed.text);
    const stemMates = [...vocabulary.terms.values()]
      .filter((term) => term.stem === stem && term.term !== typed.text)
      .toSorted((a, b) => b.df - a.df)
      .slice(0, MAX_STEM_MATES);
    const completions = typed.prefix
      ? vocabulary.completions.filter((term) => term.term !== typed.text)
      : [];
    const df = Math.max(
      exact?.df ?? 0,
      ...stemMates.map((term) => term.df),
      ...completions.map((term) => term.df),
    );
    const group: WordGroup = {
      typed,
      alternatives: [
        { text: typed.text, prefix: false, quality: MATCH_QUALITY.exact },
        ...stemMates.map((term) => alternative(term, MATCH_QUALITY.stem)),
        ...(typed.prefix
          ? [{ text: typed.text, prefix: true, quality: MATCH_QUALITY.completion }]
          : []),
      ],
      completions: completions.map((term) => alternative(term, MATCH_QUALITY.completion)),
      df,
      optional: vocabulary.size >= MIN_VIDEOS_FOR_OPTIONAL && df > OPTIONAL_SHARE * vocabulary.size,
      frequent: df > FREQUENT_VIDEOS && vocabulary.size > SMALL_INDEX_VIDEOS,
      known: exact !== undefined || stemMates.length > 0 || completions.length > 0,
      spellingsAdded: false,
    };
    const spellings = vocabulary.spellings.get(typed.text);
    const same = withEquivalents(group, equivalents);
    if (same.known || !spellings) return same;
    return withSpellings(withParts(same, vocabulary.parts), spellings);
  });
  requireRarest(groups);
  // The lookup corrects only the first words of a long query; this adds the rest.
  return addSpellings(index, groups, (group) => !group.known);
}

function vocabularyQuery({ text, prefix, equivalents, pairs }: QueryWord): VocabularyQuery {
  return {
    text,
    prefix,
    stem: stemOf(text),
    forms: [...new Set(equivalents.flatMap(({ words }) => words))],
    parts: pairs ? [] : [...new Set(splitsOf(text).flat())],
  };
}

/** The other ways to write the word of which the index has every word, with the number of videos at most. */
function knownEquivalents(
  { equivalents }: QueryWord,
  terms: ReadonlyMap<string, Term>,
): KnownAlternative[] {
  return equivalents.flatMap(({ words, isNear }) =>
    knownSequence(words, terms, isNear ? MATCH_QUALITY.near : MATCH_QUALITY.equivalent),
  );
}

interface KnownAlternative extends Alternative {
  df: number;
}

/** Words in sequence as an alternative, if the index has all of them. */
function knownSequence(
  words: readonly string[],
  terms: ReadonlyMap<string, Term>,
  quality: number,
): KnownAlternative[] {
  const counts = words.map((word) => terms.get(word)?.df ?? 0);
  const df = Math.min(...counts);
  const sequence = words.length > 1 ? { sequence: [...words] } : {};
  return df > 0 ? [{ text: words.join(" "), prefix: false, quality, df, ...sequence }] : [];
}

/** The group with other ways to write its word. */
function withEquivalents(group: WordGroup, equivalents: readonly KnownAlternative[]): WordGroup {
  if (equivalents.length === 0) return group;
  const texts = new Set(equivalents.map(({ text }) => text));
  return {
    ...group,
    alternatives: [
      // Two words with the same stem may be two spellings of one.
      ...group.alternatives.filter(({ text, prefix }) => prefix || !texts.has(text)),
      ...equivalents,
    ],
    df: Math.max(group.df, ...equivalents.map(({ df }) => df)),
    known: true,
  };
}

/** The group of an unknown word with the known words that it may be made of. */
function withParts(group: WordGroup, parts: ReadonlyMap<string, Term>): WordGroup {
  const splits = splitsOf(group.typed.text)
    .flatMap((words) => knownSequence(words, parts, MATCH_QUALITY.joined))
    .toSorted((a, b) => b.df - a.df)
    .slice(0, MAX_SPLITS);
  return {
    ...group,
    alternatives: [...group.alternatives, ...splits],
    df: Math.max(group.df, ...splits.map(({ df }) => df)),
  };
}

/** If all words are optional, makes the rarest one required, so that at least one narrows the result. */
function requireRarest(groups: WordGroup[]): void {
  if (!groups.every((group) => group.optional)) return;
  const rarest = groups.toSorted((a, b) => a.df - b.df)[0];
  if (rarest) rarest.optional = false;
}

/** Adds spelling corrections to the groups in doubt. */
export async function addSpellings(
  index: SearchIndex,
  groups: WordGroup[],
  isInDoubt: (group: WordGroup) => boolean,
): Promise<WordGroup[]> {
  const doubtful = new Set(
    groups.filter((group) => !group.typed.pairs && !group.spellingsAdded && isInDoubt(group)),
  );
  if (doubtful.size === 0) return groups;
  // The words that the index lacks were looked up before these and count towards the same bound.
  const corrected = groups.filter((group) => group.spellingsAdded).length;
  const { spellings, others } = await correctSpelling(
    index,
    // A rare word is the likeliest to be a misspelt one.
    [...doubtful].toSorted((a, b) => a.df - b.df).map((group) => vocabularyQuery(group.typed)),
    groups.slice(1).map((group, i) => joinedText(groups[i], group)),
    Math.max(1, MAX_SUSPECTS - corrected),
  );
  return groups.map((group, i) => {
    if (!doubtful.has(group)) return group;
    const joined = [joinedText(groups[i - 1], group), joinedText(group, groups[i + 1])];
    const known = joined.flatMap((text) => knownSequence([text], others, MATCH_QUALITY.joined));
    return withSpellings(
      { ...group, alternatives: [...group.alternatives, ...known] },
      spellings.get(group.typed.text) ?? [],
    );
  });
}

/** Two typed words as one: `moon walker` may mean Moonwalker. */
const joinedText = (first: WordGroup | undefined, second: WordGroup | undefined): string =>
  first && second && !first.typed.pairs && !second.typed.pairs
    ? first.typed.text + second.typed.text
    : "";

function withSpellings(group: WordGroup, spellings: readonly SpellingCorrection[]): WordGroup {
  const closest = spellings.slice(0, MAX_CORRECTIONS);
  return {
    ...group,
    alternatives: [
      ...group.alternatives,
      ...closest.map((term) => alternative(term, correctionQuality(term))),
    ],
    df: Math.max(group.df, closest[0]?.df ?? 0),
    spellingsAdded: true,
  };
}

function correctionQuality({ edits, unfinished }: SpellingCorrection): number {
  if (edits > 1) return MATCH_QUALITY.twoTypos;
  return unfinished ? MATCH_QUALITY.unfinishedTypo : MATCH_QUALITY.oneTypo;
}

/** Whether a word is long enough to be misspelt, even though the index may know it. */
export const mayBeMisspelt = (group: WordGroup): boolean =>
  !group.typed.pairs && typoAllowance(group.typed.text) > 0;

function alternative(term: Term, quality: number): Alternative {
  return {
    text: term.term,
    prefix: false,
    quality,
  };
}

/** A run of an unspaced script may be several words: yields a group for each of its pairs of characters. */
export const eachPair = (group: WordGroup): WordGroup[] =>
  group.typed.pairs?.map((pair) => pairGroup({ ...group.typed, pairs: [pair] })) ?? [group];

function pairGroup(typed: QueryWord): WordGroup {
  return {
    typed,
    alternatives: [
      { text: typed.text, prefix: false, pairs: typed.pairs ?? [], quality: MATCH_QUALITY.exact },
    ],
    completions: [],
    df: 0,
    optional: false,
    frequent: false,
    known: true,
    spellingsAdded: false,
  };
}
