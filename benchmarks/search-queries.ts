import { pick, type Random, seeded } from "./search-catalogue.ts";
import type { Film } from "./search-record.ts";

/** One query of the benchmark, for every engine. */
export interface BenchmarkQuery {
  kind: string;
  /** Parameters of `/v1/search`, or only `suggest`: the text typed for `/v1/suggest`. */
  query: Record<string, string>;
}

const words = (text: string): string[] => text.match(/[A-Za-z]{2,}/g) ?? [];
const FREQUENT = [
  "the",
  "film",
  "american",
  "directed",
  "by",
  "war",
  "love",
  "silent",
  "comedy",
  "drama",
  "new",
  "man",
];
const CATEGORIES = ["film", "series", "documentary", "animation", "comedy"];

function swapped(word: string, random: Random): string {
  const at = 1 + Math.floor(random() * Math.max(1, word.length - 2));
  return word.slice(0, at) + word.charAt(at + 1) + word.charAt(at) + word.slice(at + 2);
}

const titleWord = (film: Film): string =>
  words(film.title).toSorted((a, b) => b.length - a.length)[0] ?? "night";

/** A word, and the numbers of the records that have it. */
type FrequentWord = readonly [text: string, films: ReadonlySet<number>];

/** Words that at least 1 % of the records have: ten thousand of a million. */
function frequentWords(films: readonly Film[]): FrequentWord[] {
  const all = new Map<string, Set<number>>();
  for (const [number, film] of films.entries())
    for (const word of words(`${film.title} ${film.description}`.toLowerCase())) {
      const numbers = all.get(word) ?? new Set();
      all.set(word, numbers.add(number));
    }
  return [...all].filter(([, numbers]) => numbers.size >= films.length / 100);
}

/** Of twenty pairs of frequent words, the pair that the fewest records contain together. */
function disjoint(frequent: readonly FrequentWord[], random: Random): string {
  const pairs = Array.from({ length: 20 }, (): [FrequentWord, FrequentWord] => [
    pick(random, frequent),
    pick(random, frequent),
  ]);
  const overlaps = pairs.map(([[one, first], [other, second]]) => ({
    text: `${one} ${other} `,
    share: [...first].filter((film) => second.has(film)).length / Math.min(first.size, second.size),
  }));
  return overlaps.toSorted((a, b) => a.share - b.share)[0]?.text ?? "";
}

/** Filters for searches of a frequent word. */
const MORE_FILTERS: readonly ((film: Film, random: Random) => Record<string, string>)[] = [
  (film) => (film.genres[0] ? { tag: film.genres[0] } : { tag: "Drama" }),
  (_, random) => ({ language: pick(random, ["en", "fr", "ja"]) }),
  (_, random) => ({ minHeight: pick(random, ["720", "1080", "2160"]) }),
  () => ({ hdr: "true" }),
  () => ({ creator: "studio" }),
];

const KINDS: Record<
  string,
  (
    film: Film,
    random: Random,
    films: readonly Film[],
    frequent: readonly FrequentWord[],
  ) => Record<string, string>
> = {
  "frequent word": (_, random) => ({ q: pick(random, FREQUENT) }),
  "frequent words": (_, random) => ({ q: `${pick(random, FREQUENT)} ${pick(random, FREQUENT)} ` }),
  "disjoint words": (film, random, films) => ({
    q: `${titleWord(film)} ${titleWord(pick(random, films))} `,
  }),
  "disjoint frequent": (_film, random, _films, frequent) => ({ q: disjoint(frequent, random) }),
  "prefix of 1": (film) => ({ q: film.title.slice(0, 1) }),
  "prefix of 2": (film) => ({ q: titleWord(film).slice(0, 2) }),
  "prefix of 3": (film) => ({ q: titleWord(film).slice(0, 3) }),
  title: (film) => ({ q: film.title }),
  typo: (film, random) => ({ q: swapped(titleWord(film), random) }),
  numbers: (film, random) => ({
    q: `${titleWord(film)} ${pick(random, ["part 2", "vol iv", "1", "first", "1990s", "twenty one"])}`,
  }),
  "frequent number": (_, random) => ({
    q: `${pick(random, FREQUENT)} ${pick(random, ["one", "2 ", "1990s", "first"])}`,
  }),
  "title with typo": (film, random) => ({
    q: film.title
      .split(" ")
      .map((word) => (word === titleWord(film) ? swapped(word, random) : word))
      .join(" "),
  }),
  phrase: (film) => ({ q: `"${film.description.split(/\s+/).slice(2, 5).join(" ")}"` }),
  "frequent phrase": () => ({ q: '"american film directed by"' }),
  person: (film, random) => ({ q: film.cast.length > 0 ? pick(random, film.cast) : "John Ford" }),
  filters: (film, random) => ({
    q: titleWord(film),
    category: pick(random, CATEGORIES),
    minDuration: "3600",
    publishedAfter: "2023-03-05T00:00:00Z",
  }),
  "facets only": (_, random) => ({ q: "", category: pick(random, CATEGORIES), captions: "true" }),
  "other filters": (film, random) => ({
    q: `${pick(random, FREQUENT)} `,
    ...pick(random, MORE_FILTERS)(film, random),
    ...pick(random, MORE_FILTERS)(film, random),
  }),
  newest: (_, random) => ({ q: `${pick(random, FREQUENT)} `, sort: "newest" }),
  popular: (film, random) => ({
    q: `${random() < 0.5 ? titleWord(film) : pick(random, FREQUENT)} `,
    sort: "popular",
  }),
  longest: (_, random) => ({
    q: `${pick(random, FREQUENT)} `,
    sort: "longest",
    category: pick(random, CATEGORIES),
  }),
  suggest: (film, random) => ({ suggest: film.title.slice(0, 2 + Math.floor(random() * 6)) }),
  nonsense: (_, random) => ({
    q: Array.from({ length: 3 }, () => random().toString(36).slice(2, 10)).join(" "),
  }),
};

/** `count` queries, all kinds equally often; the same for the same seed. */
export function searches(films: readonly Film[], count: number, seed: number): BenchmarkQuery[] {
  const random = seeded(seed);
  const frequent = frequentWords(films);
  const kinds = Object.entries(KINDS);
  return Array.from({ length: count }, (_, i) => {
    const [kind, make] = kinds[i % kinds.length] ?? ["title", KINDS["title"]];
    return { kind, query: make?.(pick(random, films), random, films, frequent) ?? { q: "" } };
  });
}

/**
 * The words as an FTS5 expression, each quoted, and the last one as a prefix if it is unfinished: a naive first
 * version.
 */
export function naiveMatch(query: Record<string, string>): string {
  const text = query["q"] ?? "";
  if (text.startsWith('"')) return `"${text.replaceAll('"', "")}"`;
  const list = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const last = text.endsWith(" ") ? "" : "*";
  return list.map((word, i) => `"${word}"${i === list.length - 1 ? last : ""}`).join(" AND ");
}
