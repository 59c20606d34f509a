import { pick, type Random, seeded } from "./search-catalogue.ts";
import type { Film } from "./search-record.ts";

/** A query with the titles that answer it: 15.7 % of films share their title with another, and any of them counts. */
export interface Question {
  kind: string;
  query: string;
  answers: Set<string>;
}

export const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}'-]+/gu) ?? [];
const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** A typo inside a word: a letter left out, inserted, replaced, or swapped with its neighbour. */
export function misspell(word: string, random: Random): string {
  const at = 1 + Math.floor(random() * (word.length - 2));
  const letter = LETTERS.charAt(Math.floor(random() * 26));
  const [head, own, next] = [word.slice(0, at), word.charAt(at), word.charAt(at + 1)];
  switch (Math.floor(random() * 4)) {
    case 0:
      return head + word.slice(at + 1);
    case 1:
      return head + letter + word.slice(at);
    case 2:
      return head + letter + word.slice(at + 1);
    default:
      return head + next + own + word.slice(at + 2);
  }
}

/** Misspells `count` words of the title, or a long one twice if there is no other; null if no word is long enough. */
function withTypos(title: string, count: number, random: Random): string | null {
  const words = title.split(" ");
  for (let n = 0; n < count; n++) {
    const fits = words.flatMap((word, i) =>
      /^[A-Za-z]{5,}$/.test(word) && word === title.split(" ")[i] ? [i] : [],
    );
    const long = words.flatMap((word, i) => (/^[A-Za-z]{9,}$/.test(word) ? [i] : []));
    const choice = fits.length > 0 ? fits : long;
    if (choice.length === 0) return null;
    const i = pick(random, choice);
    words[i] = misspell(words[i] ?? "", random);
  }
  return words.join(" ");
}

export const capital = (word: string): boolean => /^[A-Z][a-z]{3,}$/.test(word);

const KINDS: Record<string, (film: Film, random: Random) => string | null> = {
  exact: (film) => film.title,
  "one typo": (film, random) => withTypos(film.title, 1, random),
  "two typos": (film, random) => withTypos(film.title, 2, random),
  swapped: (film) => {
    const words = film.title.split(" ");
    return words.length < 2 ? null : [...words.slice(1), words[0]].join(" ");
  },
  prefix: (film) => {
    const letters = Math.ceil(film.title.length * 0.7);
    return film.title.length < 6 ? null : film.title.slice(0, letters).trimEnd();
  },
  "person + word": (film, random) => {
    const words = film.title.split(" ").filter(capital);
    if (film.cast.length === 0 || words.length === 0) return null;
    return `${pick(random, film.cast)} ${pick(random, words)}`;
  },
  "year + word": (film, random) => {
    const words = film.title.split(" ").filter(capital);
    return words.length === 0 ? null : `${film.year} ${pick(random, words)}`;
  },
  description: (film, random) => {
    const words = wordsOf(film.description);
    if (words.length < 25) return null;
    const at = 8 + Math.floor(random() * (words.length - 16));
    return words.slice(at, at + 5).join(" ");
  },
};

export const fold = (text: string): string => text.toLowerCase();

/** The titles that answer: the film's own and, for the loose kinds, those of all other films that fit the query. */
function answersTo(kind: string, query: string, film: Film, films: readonly Film[]): Set<string> {
  const words = wordsOf(fold(query));
  const year = words.find((word) => word === String(film.year));
  function fits(other: Film): boolean {
    const title = wordsOf(fold(other.title));
    if (kind === "description")
      return fold(wordsOf(other.description).join(" ")).includes(words.join(" "));
    if (kind === "year + word")
      return String(other.year) === year && words.slice(1).every((word) => title.includes(word));
    if (kind === "person + word")
      return (
        title.includes(words.at(-1) ?? "") &&
        other.cast.some((name) => fold(query).startsWith(fold(name)))
      );
    return false;
  }
  const loose = ["description", "year + word", "person + word"].includes(kind);
  return new Set([
    fold(film.title),
    ...(loose ? films.filter(fits).map((other) => fold(other.title)) : []),
  ]);
}

/** `count` questions of every kind; the same for the same seed. */
export function questions(films: readonly Film[], count: number, seed: number): Question[] {
  return Object.entries(KINDS).flatMap(([kind, make], n) =>
    repeated(films, count, seed + n, (film, random): Question | null => {
      const query = make(film, random);
      return query === null ? null : { kind, query, answers: answersTo(kind, query, film, films) };
    }),
  );
}

/** Questions about random films, without those that none can be made of. */
export function repeated(
  films: readonly Film[],
  count: number,
  seed: number,
  make: (film: Film, random: Random) => Question | null,
): Question[] {
  const random = seeded(seed);
  const made: Question[] = [];
  while (made.length < count) {
    const question = make(pick(random, films), random);
    if (question) made.push(question);
  }
  return made;
}

/** Rank of the first answer from 1; 0 if it is not among the first ten. */
export const rankOf = (titles: readonly string[], question: Question): number =>
  titles.slice(0, 10).findIndex((title) => question.answers.has(fold(title))) + 1;
