import { isArticle } from "./search/text.ts";

/**
 * The order of search results: one pure function, with all weights here. The text counts most; between equal texts, the
 * more popular and more recent video comes first.
 */

/** How close an alternative of a word is to what was typed. */
export const MATCH_QUALITY = {
  exact: 1,
  /** The same word or number in another spelling. */
  equivalent: 0.95,
  /** Two words written as one, or one as two. */
  joined: 0.9,
  stem: 0.88,
  /** An ordinal for a cardinal number or the reverse. */
  near: 0.75,
  completion: 0.8,
  oneTypo: 0.75,
  unfinishedTypo: 0.65,
  twoTypos: 0.55,
} as const;

const WEIGHTS = {
  /** The field in which a word is found; the best one counts. */
  field: { title: 1, people: 0.75, tags: 0.65, description: 0.35, captions: 0.2 },
  /** The title is the query, word for word. */
  exactTitle: 1,
  /** The title begins with the query. */
  titleStart: 0.35,
  /** Share of the title's words that the query contains. */
  titleCoverage: 0.3,
  /** Share of neighbouring query words that are also neighbours in a field, in the same order. */
  proximity: 0.25,
  /** Three or more words in sequence as typed, in any field, which is hardly a coincidence. */
  sequence: 0.6,
  /**
   * Each word is in the title, the people or the tags as typed or in an equivalent spelling: no popularity makes up for
   * that.
   */
  exactness: 0.12,
  /** The most that popularity adds, for a video with a hundred million views. */
  popularity: 0.12,
  /** The most that freshness adds, for a video of today; halves every 180 days. */
  freshness: 0.04,
} as const;

const FRESHNESS_HALF_LIFE_MS = 180 * 86_400_000;

/** A query word as the ranking sees it. */
export interface RankedWord {
  /** How well a word of a document matches, from 0 to 1. */
  quality: (word: string) => number;
  /** Sequences of words that match as a whole. */
  sequences: { words: readonly string[]; quality: number }[];
  /** Number of videos with the word; rare words say more. */
  df: number;
  /** A number, or a word such as `part` before one. */
  isNumber: boolean;
  /** A word in so many videos that it says nothing. */
  isFrequent: boolean;
  /** An article, which a title may lack at its beginning. */
  isArticle: boolean;
}

export interface RankedQuery {
  words: RankedWord[];
  /** The title that would be an exact match, without spaces. */
  key: string;
  /** Milliseconds since the epoch; the same for all pages of one search. */
  now: number;
}

export interface RankedDocument {
  title: string[];
  people: string[];
  tags: string[];
  /** Variants of the title's words, which have no position in it. */
  variants: string[];
  /** The title without spaces. */
  key: string;
  /** The document has all words, so those that are in no other field are in the description. */
  complete: boolean;
  /** The document has the typed words in sequence. */
  sequence: boolean;
  /** Only the captions match. */
  captionsOnly: boolean;
  views: number;
  publishedAt: number;
}

/** @returns the score of a document, higher is better; depends on the arguments only */
export function score(document: RankedDocument, query: RankedQuery): number {
  return textScore(document, query) + popularityScore(document, query.now);
}

function textScore(document: RankedDocument, query: RankedQuery): number {
  if (query.words.length === 0) return 0;
  const title = matchesIn(document.title, query.words, document.variants);
  const fields = [
    { weight: WEIGHTS.field.title, matches: title },
    { weight: WEIGHTS.field.people, matches: matchesIn(document.people, query.words) },
    { weight: WEIGHTS.field.tags, matches: matchesIn(document.tags, query.words) },
  ];
  let total = 0;
  let weights = 0;
  let exact = true;
  const rarities = raritiesOf(query.words);
  query.words.forEach((_, i) => {
    const rarity = rarities[i] ?? 0;
    let best = Math.max(...fields.map((field) => field.weight * (field.matches[i]?.quality ?? 0)));
    exact &&= fields.some((field) => (field.matches[i]?.quality ?? 0) >= MATCH_QUALITY.equivalent);
    if (best === 0 && document.captionsOnly) best = WEIGHTS.field.captions;
    if (best === 0 && document.complete) best = WEIGHTS.field.description;
    total += rarity * best;
    weights += rarity;
  });
  return (
    total / weights +
    titleBonus(document, query, title) +
    WEIGHTS.proximity *
      Math.max(...fields.map((field) => field.weight * adjacency(field.matches))) +
    (document.sequence ? WEIGHTS.sequence : 0) +
    (exact ? WEIGHTS.exactness : 0)
  );
}

/**
 * The weight of each word. All numbers together weigh less than any other word: a title without the number is a better
 * match than another title with it.
 */
function raritiesOf(words: readonly RankedWord[]): number[] {
  const rarities = words.map((word) => 1 / (1 + Math.log10(1 + word.df)));
  const others = rarities.filter((_, i) => !(words[i]?.isNumber || words[i]?.isFrequent));
  const numbers = words.filter((word) => word.isNumber).length;
  const most = Math.min(...others) / (2 * numbers);
  return rarities.map((rarity, i) => (words[i]?.isNumber ? Math.min(rarity, most) : rarity));
}

/** The best match of a query word in a field. */
interface WordMatch {
  /** Position in the field; -1 for a variant and if nothing matches. */
  at: number;
  /** Words of the field that it covers. */
  length: number;
  /** 0 if nothing matches. */
  quality: number;
}

function matchesIn(field: string[], words: RankedWord[], variants: string[] = []): WordMatch[] {
  return words.map((word) => {
    const best: WordMatch = { at: -1, length: 1, quality: 0 };
    const compare = (text: string, at: number) => {
      const quality = word.quality(text);
      if (quality > best.quality) Object.assign(best, { at, quality });
    };
    field.forEach(compare);
    for (const text of variants) compare(text, -1);
    for (const { words: sequence, quality } of word.sequences)
      if (quality > best.quality || (quality === best.quality && sequence.length > best.length)) {
        const at = sequenceStart(field, sequence);
        if (at >= 0) Object.assign(best, { at, quality, length: sequence.length });
      }
    return best;
  });
}

const sequenceStart = (field: readonly string[], sequence: readonly string[]): number =>
  field.findIndex((_, at) => sequence.every((word, i) => field[at + i] === word));

function titleBonus(document: RankedDocument, query: RankedQuery, title: WordMatch[]): number {
  if (document.key === query.key)
    return WEIGHTS.exactTitle + WEIGHTS.titleStart + WEIGHTS.titleCoverage;
  const matches = title.filter((word) => word.quality > 0);
  const positions = new Set(matches.flatMap(positionsOf));
  const quality = matches.reduce((sum, word) => sum + word.quality, 0) / query.words.length;
  const coverage = Math.min(1, positions.size / Math.max(1, document.title.length));
  const start =
    document.title.length > 1 && isArticle(document.title[0] ?? "") && !positions.has(0) ? 1 : 0;
  const end = endOfRun(
    query.words[0]?.isArticle && title[0]?.quality === 0 && title.length > 1
      ? title.slice(1)
      : title,
    start,
  );
  const isInOrder = end !== null;
  // A misspelt title is still exact if each of its words is matched, in order; an article may be missing.
  const isWholeTitle = end === document.title.length;
  return (
    (isWholeTitle ? WEIGHTS.exactTitle * quality * quality : 0) +
    (isInOrder ? WEIGHTS.titleStart * quality : 0) +
    WEIGHTS.titleCoverage * coverage * quality
  );
}

const positionsOf = ({ at, length }: WordMatch): number[] =>
  Array.from({ length }, (_, i) => at + i);

/** The end of the words if each starts where the previous one ends, or if two are written as one word there; else null. */
function endOfRun(words: readonly WordMatch[], start: number): number | null {
  let end = start;
  let last = -1;
  for (const { at, length, quality } of words) {
    const isSecondHalf = at === last && quality === MATCH_QUALITY.joined;
    if (quality === 0 || (at !== end && !isSecondHalf)) return null;
    last = at;
    end = Math.max(end, at + length);
  }
  return end;
}

/** Share of the pairs of neighbouring query words that are neighbours in the field, 0 to 1. */
function adjacency(matches: WordMatch[]): number {
  if (matches.length < 2) return 0;
  let neighbours = 0;
  for (let i = 1; i < matches.length; i++) {
    const before = matches[i - 1];
    const word = matches[i];
    if (before && word && before.at >= 0 && word.at === before.at + before.length) neighbours++;
  }
  return neighbours / (matches.length - 1);
}

function popularityScore(document: RankedDocument, now: number): number {
  const popularity = Math.min(1, Math.log10(1 + document.views) / 8);
  const freshness = 0.5 ** (Math.max(0, now - document.publishedAt) / FRESHNESS_HALF_LIFE_MS);
  return WEIGHTS.popularity * popularity + WEIGHTS.freshness * freshness;
}

/** The values by which two videos are compared. */
export interface SimilarityFeatures {
  title: ReadonlySet<string>;
  tags: ReadonlySet<string>;
  category: string;
  creator: string;
  views: number;
}

/** How similar two videos are: shared tags and title words count most, the popularity of the first one least. */
export function similarity(video: SimilarityFeatures, other: SimilarityFeatures): number {
  return (
    2 * overlap(video.title, other.title) +
    1.5 * overlap(video.tags, other.tags) +
    (video.category === other.category ? 0.4 : 0) +
    (video.creator === other.creator ? 0.3 : 0) +
    0.2 * Math.min(1, Math.log10(1 + video.views) / 8)
  );
}

/** The share of all items that are in both sets: 0 to 1. */
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const shared = [...a].filter((item) => b.has(item)).length;
  return shared === 0 ? 0 : shared / (a.size + b.size - shared);
}
