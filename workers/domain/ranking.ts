/**
 * The order of search results: one pure function, all weights here. The text counts most; among equal texts the
 * more popular and the fresher video goes first.
 */

/** How near a reading of a word is to what was typed. */
export const QUALITY = {
  exact: 1,
  stem: 0.88,
  completion: 0.8,
  oneTypo: 0.75,
  unfinishedTypo: 0.65,
  twoTypos: 0.55,
} as const;

const WEIGHTS = {
  /** The field in which a word is found; the best one counts. */
  field: { title: 1, people: 0.75, tags: 0.65, description: 0.35, spoken: 0.2 },
  /** The title is the query, word for word. */
  exactTitle: 1,
  /** The title begins with the query. */
  titleStart: 0.35,
  /** Share of the title that the query names. */
  titleCoverage: 0.3,
  /** Share of neighbouring query words that are neighbours in a field, in their order. */
  proximity: 0.25,
  /** Three or more words in a row as typed, wherever they stand: nobody hits on them by chance. */
  phrase: 0.6,
  /** Each word stands in the title, the people or the tags as it was typed: no popularity makes up for that. */
  exactness: 0.12,
  /** At most, for a video with a hundred million views. */
  popularity: 0.12,
  /** At most, for a video of today; halves every 180 days. */
  freshness: 0.04,
} as const;

const HALF_LIFE = 180 * 86_400_000;

/** A query word as the ranking sees it: which words of a document it accepts, and how gladly. */
export interface RankedWord {
  quality: (word: string) => number;
  /** Videos that have it; rare words say more. */
  df: number;
}

export interface RankedQuery {
  words: RankedWord[];
  /** The title that would be an exact match, without spaces. */
  key: string;
  /** Milliseconds since the epoch; fixed for all pages of one search. */
  now: number;
}

export interface RankedDocument {
  title: string[];
  people: string[];
  tags: string[];
  /** Other readings of the words of the title, which have no place in it. */
  others: string[];
  /** The title without spaces. */
  key: string;
  /** All words are somewhere in the document (so those that no other field has are in the description). */
  complete: boolean;
  /** The words stand in a row in the document's text. */
  phrase: boolean;
  /** The match is in the captions only. */
  spoken: boolean;
  views: number;
  publishedAt: number;
}

/** @returns higher is better; depends on nothing but its arguments */
export function score(document: RankedDocument, query: RankedQuery): number {
  return textScore(document, query) + staticPart(document, query.now);
}

function textScore(document: RankedDocument, query: RankedQuery): number {
  if (query.words.length === 0) return 0;
  const title = qualities(document.title, query.words, document.others);
  const fields = [
    { weight: WEIGHTS.field.title, found: title },
    { weight: WEIGHTS.field.people, found: qualities(document.people, query.words) },
    { weight: WEIGHTS.field.tags, found: qualities(document.tags, query.words) },
  ];
  let total = 0;
  let weights = 0;
  let exact = true;
  query.words.forEach((word, i) => {
    const rarity = 1 / (1 + Math.log10(1 + word.df));
    let best = Math.max(...fields.map((field) => field.weight * (field.found[i]?.quality ?? 0)));
    exact &&= fields.some((field) => field.found[i]?.quality === 1);
    if (best === 0 && document.spoken) best = WEIGHTS.field.spoken;
    if (best === 0 && document.complete) best = WEIGHTS.field.description;
    total += rarity * best;
    weights += rarity;
  });
  return (
    total / weights +
    titleBonus(document, query, title) +
    WEIGHTS.proximity * Math.max(...fields.map((field) => field.weight * adjacency(field.found))) +
    (document.phrase ? WEIGHTS.phrase : 0) +
    (exact ? WEIGHTS.exactness : 0)
  );
}

/** Where in a field a query word is found best; -1 where it has no place there, quality 0 where it is not found. */
interface Found {
  at: number;
  quality: number;
}

function qualities(field: string[], words: RankedWord[], others: string[] = []): Found[] {
  return words.map((word) => {
    const found: Found = { at: -1, quality: 0 };
    const look = (text: string, at: number) => {
      const quality = word.quality(text);
      if (quality > found.quality) Object.assign(found, { at, quality });
    };
    field.forEach(look);
    for (const text of others) look(text, -1);
    return found;
  });
}

function titleBonus(document: RankedDocument, query: RankedQuery, title: Found[]): number {
  const found = title.filter((word) => word.quality > 0);
  const positions = new Set(found.map((word) => word.at));
  const quality = found.reduce((sum, word) => sum + word.quality, 0) / query.words.length;
  const coverage = Math.min(1, positions.size / Math.max(1, document.title.length));
  const inOrder = title.every((word, i) => word.at === i);
  // With spelling mistakes the title is still exact if each of its words is meant, in order.
  if (document.key === query.key)
    return WEIGHTS.exactTitle + WEIGHTS.titleStart + WEIGHTS.titleCoverage;
  const whole = inOrder && document.title.length === query.words.length;
  return (
    (whole ? WEIGHTS.exactTitle * quality * quality : 0) +
    (inOrder ? WEIGHTS.titleStart * quality : 0) +
    WEIGHTS.titleCoverage * coverage * quality
  );
}

function adjacency(found: Found[]): number {
  if (found.length < 2) return 0;
  let neighbours = 0;
  for (let i = 1; i < found.length; i++) {
    const before = found[i - 1];
    const word = found[i];
    if (before && word && before.at >= 0 && word.at === before.at + 1) neighbours++;
  }
  return neighbours / (found.length - 1);
}

function staticPart(document: RankedDocument, now: number): number {
  const popularity = Math.min(1, Math.log10(1 + document.views) / 8);
  const freshness = 0.5 ** (Math.max(0, now - document.publishedAt) / HALF_LIFE);
  return WEIGHTS.popularity * popularity + WEIGHTS.freshness * freshness;
}

/** What two videos are compared by. */
export interface Likeness {
  title: ReadonlySet<string>;
  tags: ReadonlySet<string>;
  category: string;
  creator: string;
  views: number;
}

/** How much a video is like another: shared tags and title words first, popularity last. */
export function similarity(video: Likeness, other: Likeness): number {
  return (
    2 * overlap(video.title, other.title) +
    1.5 * overlap(video.tags, other.tags) +
    (video.category === other.category ? 0.4 : 0) +
    (video.creator === other.creator ? 0.3 : 0) +
    0.2 * Math.min(1, Math.log10(1 + video.views) / 8)
  );
}

/** Shared share of both sets: 0 to 1. */
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const shared = [...a].filter((item) => b.has(item)).length;
  return shared === 0 ? 0 : shared / (a.size + b.size - shared);
}
