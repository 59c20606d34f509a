import { lookUpWords } from "../../db/search/frequent-words.ts";
import type { SearchIndex, Term } from "../../db/search/shards.ts";
import {
  type SpellingCorrection,
  correctSpelling,
  type Wanted,
} from "../../db/search/vocabulary.ts";
import { QUALITY } from "../../domain/ranking.ts";
import { typoAllowance } from "../../domain/search/edits.ts";
import type { ParsedQuery, QueryWord } from "../../domain/search/query.ts";
import type { Alternative, WordGroup } from "../../domain/search/word-group.ts";
import { stemOf } from "../../domain/search/stem.ts";

const MAX_STEM_MATES = 6;
const MAX_RESPELLINGS = 16;
/** Above this share of all videos a word says nothing, once there are enough videos to tell. */
const COMMON_SHARE = 0.25;
const COMMON_FROM = 1000;
/** Videos in which looking for a phrase takes some milliseconds; in a small index all of them do not take longer. */
const CROWD = 2000;
const SMALL_INDEX = 100_000;

/** Looks the typed words up in the index's own vocabulary. Unknown words get their likely spellings at once. */
export async function interpret(index: SearchIndex, query: ParsedQuery): Promise<WordGroup[]> {
  const plain = query.words.filter((word) => !word.pairs);
  const vocabulary = await lookUpWords(index, plain.map(wanted));
  const groups = query.words.map((typed): WordGroup => {
    if (typed.pairs) return pairGroup(typed);
    const exact = vocabulary.terms.get(typed.text);
    const stem = stemOf(typed.text);
    const mates = [...vocabulary.terms.values()]
      .filter((term) => term.stem === stem && term.term !== typed.text)
      .toSorted((a, b) => b.df - a.df)
      .slice(0, MAX_STEM_MATES);
    const completions = typed.prefix
      ? vocabulary.completions.filter((term) => term.term !== typed.text)
      : [];
    const df = Math.max(
      exact?.df ?? 0,
      ...mates.map((term) => term.df),
      ...completions.map((term) => term.df),
    );
    const group: WordGroup = {
      typed,
      alternatives: [
        { text: typed.text, prefix: false, quality: QUALITY.exact },
        ...mates.map((term) => alternative(term, QUALITY.stem)),
        ...(typed.prefix ? [{ text: typed.text, prefix: true, quality: QUALITY.completion }] : []),
      ],
      completions: completions.map((term) => alternative(term, QUALITY.completion)),
      df,
      optional: vocabulary.size >= COMMON_FROM && df > COMMON_SHARE * vocabulary.size,
      crowded: df > CROWD && vocabulary.size > SMALL_INDEX,
      known: exact !== undefined || mates.length > 0 || completions.length > 0,
      spellingsAdded: false,
    };
    const spellings = vocabulary.spellings.get(typed.text);
    return group.known || !spellings ? group : withSpellings(group, spellings);
  });
  requireSomething(groups);
  // Of many words, the last have not been asked for yet.
  return addSpellings(index, groups, (group) => !group.known);
}

const wanted = ({ text, prefix }: QueryWord): Wanted => ({ text, prefix, stem: stemOf(text) });

/** At least one word must narrow the result: the rarest. */
function requireSomething(groups: WordGroup[]): void {
  if (!groups.every((group) => group.optional)) return;
  const rarest = groups.toSorted((a, b) => a.df - b.df)[0];
  if (rarest) rarest.optional = false;
}

/** Adds likely spellings to the groups in doubt. */
export async function addSpellings(
  index: SearchIndex,
  groups: WordGroup[],
  inDoubt: (group: WordGroup) => boolean,
): Promise<WordGroup[]> {
  const doubtful = new Set(
    groups.filter((group) => !group.typed.pairs && !group.spellingsAdded && inDoubt(group)),
  );
  if (doubtful.size === 0) return groups;
  const spellings = await correctSpelling(
    index,
    [...doubtful].map((group) => wanted(group.typed)),
  );
  return groups.map((group) =>
    doubtful.has(group) ? withSpellings(group, spellings.get(group.typed.text) ?? []) : group,
  );
}

function withSpellings(group: WordGroup, spellings: readonly SpellingCorrection[]): WordGroup {
  const near = spellings.slice(0, MAX_RESPELLINGS);
  return {
    ...group,
    alternatives: [
      ...group.alternatives,
      ...near.map((term) => alternative(term, spellingQuality(term))),
    ],
    df: Math.max(group.df, near[0]?.df ?? 0),
    spellingsAdded: true,
  };
}

const spellingQuality = ({ edits, unfinished }: SpellingCorrection): number => {
  if (edits > 1) return QUALITY.twoTypos;
  return unfinished ? QUALITY.unfinishedTypo : QUALITY.oneTypo;
};

/** Words that could be misspelt although the index knows them. */
export const mayBeMisspelt = (group: WordGroup): boolean =>
  !group.typed.pairs && typoAllowance(group.typed.text) > 0;

const alternative = (term: Term, quality: number): Alternative => ({
  text: term.term,
  prefix: false,
  quality,
});

/** A run of a script without spaces may be several words: its pairs of characters one by one. */
export const eachPair = (group: WordGroup): WordGroup[] =>
  group.typed.pairs?.map((pair) => pairGroup({ ...group.typed, pairs: [pair] })) ?? [group];

const pairGroup = (typed: QueryWord): WordGroup => ({
  typed,
  alternatives: [
    { text: typed.text, prefix: false, pairs: typed.pairs ?? [], quality: QUALITY.exact },
  ],
  completions: [],
  df: 0,
  optional: false,
  crowded: false,
  known: true,
  spellingsAdded: false,
});
