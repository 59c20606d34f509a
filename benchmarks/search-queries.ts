import { pick, type Random, seeded } from "./search-catalogue.ts";
import type { Film } from "./search-record.ts";

/** One search of the benchmark, for every engine. */
export interface Asked {
  kind: string;
  /** Parameters of `/v1/search`; `suggest` alone is what is typed for `/v1/suggest`. */
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

const KINDS: Record<
  string,
  (film: Film, random: Random, films: readonly Film[]) => Record<string, string>
> = {
  "frequent word": (_, random) => ({ q: pick(random, FREQUENT) }),
  "frequent words": (_, random) => ({ q: `${pick(random, FREQUENT)} ${pick(random, FREQUENT)} ` }),
  "disjoint words": (film, random, films) => ({
    q: `${titleWord(film)} ${titleWord(pick(random, films))} `,
  }),
  "prefix of 1": (film) => ({ q: film.title.slice(0, 1) }),
  "prefix of 2": (film) => ({ q: titleWord(film).slice(0, 2) }),
  "prefix of 3": (film) => ({ q: titleWord(film).slice(0, 3) }),
  title: (film) => ({ q: film.title }),
  typo: (film, random) => ({ q: swapped(titleWord(film), random) }),
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
  newest: (_, random) => ({ q: `${pick(random, FREQUENT)} `, sort: "newest" }),
  popular: (film) => ({ q: `${titleWord(film)} `, sort: "popular" }),
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

/** `count` searches, all kinds equally often, the same for the same seed. */
export function searches(films: readonly Film[], count: number, seed: number): Asked[] {
  const random = seeded(seed);
  const kinds = Object.entries(KINDS);
  return Array.from({ length: count }, (_, i) => {
    const [kind, make] = kinds[i % kinds.length] ?? ["title", KINDS["title"]];
    return { kind, query: make?.(pick(random, films), random, films) ?? { q: "" } };
  });
}

/** The words as an FTS5 expression, each quoted, an unfinished last one as prefix: what a first version would send. */
export function naiveMatch(query: Record<string, string>): string {
  const text = query["q"] ?? "";
  if (text.startsWith('"')) return text;
  const list = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const last = text.endsWith(" ") ? "" : "*";
  return list.map((word, i) => `"${word}"${i === list.length - 1 ? last : ""}`).join(" AND ");
}
