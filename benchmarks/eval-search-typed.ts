import {
  capital,
  fold,
  misspell,
  type Question,
  repeated,
  wordsOf,
} from "./eval-search-queries.ts";
import { pick, type Random } from "./search-catalogue.ts";
import type { Film } from "./search-record.ts";

/** A query by a viewer who remembers a video but not the spelling of its title. */
interface TypedQuery {
  query: string;
  /** Whether another video answers the query as well. */
  fits: (other: Film) => boolean;
}

type Maker = (film: Film, random: Random, films: readonly Film[]) => TypedQuery | null;

const CARDINALS =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split(
    " ",
  );
const ROMANS = "- i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi".split(" ");
const ORDINALS = "- first second third fourth fifth sixth seventh eighth ninth tenth".split(" ");
const ORDINAL_DIGITS = "- 1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th".split(" ");
const NUMBERED = new Set(["part", "pt", "vol", "volume", "chapter", "episode"]);
/** Words that are written in either way. */
const SAME = [
  ["part", "pt"],
  ["volume", "vol"],
  ["episode", "ep"],
  ["mister", "mr"],
  ["doctor", "dr"],
  ["saint", "st"],
  ["captain", "capt"],
  ["sergeant", "sgt"],
  ["versus", "vs"],
  ["junior", "jr"],
  ["and", "&", "n"],
  ["you", "u"],
  ["grey", "gray"],
  ["colour", "color"],
  ["theatre", "theater"],
  ["honour", "honor"],
  ["harbour", "harbor"],
  ["neighbour", "neighbor"],
  ["neighbours", "neighbors"],
  ["defence", "defense"],
  ["centre", "center"],
  ["rumour", "rumor"],
  ["programme", "program"],
  ["jewellery", "jewelry"],
  ["favourite", "favorite"],
];
const ARTICLES = new Set(["the", "a", "an"]);

/** The words of a title as typed in lower case, without punctuation. */
const typedWords = (title: string): string[] => fold(title).match(/[\p{L}\p{N}'’&-]+/gu) ?? [];
const keyOf = (words: readonly string[]): string =>
  words.join("").replaceAll(/[^\p{L}\p{N}&]/gu, "");

/**
 * Makes a generator of queries that rewrite the words of a title; all records with the same title after `canonical` are
 * correct answers.
 */
function rewriting(
  rewrite: (words: string[], random: Random, films: readonly Film[]) => string[] | null,
  canonical: (words: string[]) => string,
): Maker {
  return (film, random, films) => {
    const words = typedWords(film.title);
    const typed = rewrite(words, random, films);
    const own = canonical(words);
    return typed === null
      ? null
      : { query: typed.join(" "), fits: (other) => canonical(typedWords(other.title)) === own };
  };
}

/** The value of a number in a title; a Roman one only if it cannot be a word. */
function numberOf(words: readonly string[], at: number): number | null {
  const word = words[at] ?? "";
  const value = /^\d{1,2}$/.test(word) ? Number(word) : CARDINALS.indexOf(word);
  if (value >= 0 && value < CARDINALS.length) return value;
  const roman = at > 0 && word.length + Number(isSequel(words, at)) > 1 ? ROMANS.indexOf(word) : -1;
  return roman > 0 ? roman : null;
}

/** Whether a Roman number is natural here. */
const isSequel = (words: readonly string[], at: number): boolean =>
  at > 0 && (at === words.length - 1 || NUMBERED.has(words[at - 1] ?? ""));

function otherNumber(words: string[], random: Random): string[] | null {
  const places = words.flatMap((word, at) => {
    const value = numberOf(words, at);
    const ordinal = Math.max(ORDINALS.indexOf(word), ORDINAL_DIGITS.indexOf(word));
    const forms =
      value !== null
        ? [String(value), CARDINALS[value], ...(isSequel(words, at) ? [ROMANS[value]] : [])]
        : [ORDINALS[ordinal], ORDINAL_DIGITS[ordinal]];
    return forms.flatMap((form) => (form && form !== word && form !== "-" ? [{ at, form }] : []));
  });
  if (places.length === 0) return null;
  const { at, form } = pick(random, places);
  return words.with(at, form);
}

const byNumbers = (words: string[]): string =>
  words
    .map((word, at) => {
      const ordinal = Math.max(ORDINALS.indexOf(word), ORDINAL_DIGITS.indexOf(word));
      return ordinal > 0 ? `${ordinal}.` : String(numberOf(words, at) ?? word);
    })
    .join(" ");

function otherSpelling(words: string[], random: Random): string[] | null {
  const places = words.flatMap((word, at) =>
    SAME.filter((forms) => forms.includes(word)).flatMap((forms) =>
      forms.filter((form) => form !== word).map((form) => ({ at, form })),
    ),
  );
  if (places.length === 0) return null;
  const { at, form } = pick(random, places);
  return words.with(at, form);
}

const bySpelling = (words: string[]): string =>
  words.map((word) => SAME.find((forms) => forms.includes(word))?.[0] ?? word).join(" ");

let known: Set<string> | null = null;

/** Joins two words or splits one into two that other titles have; half of the time, the first or last word is missing. */
const joinedOrSplit: Maker = (film, random, films) => {
  known ??= new Set(films.flatMap((one) => typedWords(one.title)));
  const all = typedWords(film.title);
  const isPart = all.length > 3 && random() < 0.5;
  const words = isPart ? (random() < 0.5 ? all.slice(1) : all.slice(0, -1)) : all;
  const ways = words.flatMap((word, at) => {
    const next = words[at + 1] ?? "";
    const isJoinable = [word, next].every((one) => /^[a-z]{3,8}$/.test(one) && !ARTICLES.has(one));
    const joined = isJoinable ? [words.toSpliced(at, 2, word + next)] : [];
    const splits = Array.from({ length: Math.max(0, word.length - 5) }, (_, i) => i + 3)
      .map((length) => [word.slice(0, length), word.slice(length)])
      .filter((halves) => halves.every((half) => known?.has(half)));
    return [...joined, ...splits.map((halves) => words.toSpliced(at, 1, ...halves))];
  });
  if (ways.length === 0) return null;
  const key = keyOf(words);
  return {
    query: pick(random, ways).join(" "),
    fits: (other) => keyOf(typedWords(other.title)).includes(key),
  };
};

const withoutArticle = (words: string[]): string[] =>
  words.length > 1 && ARTICLES.has(words[0] ?? "") ? words.slice(1) : words;

function shuffledWithTypo(words: string[], random: Random): string[] | null {
  const long = words.flatMap((word, at) => (/^[a-z]{5,}$/.test(word) ? [at] : []));
  if (words.length < 2 || long.length === 0) return null;
  const at = pick(random, long);
  const typed = words.with(at, misspell(words[at] ?? "", random));
  const from = 1 + Math.floor(random() * (words.length - 1));
  return [...typed.slice(from), ...typed.slice(0, from)];
}

const hasWord = (film: Film, word: string): boolean => wordsOf(fold(film.title)).includes(word);

/** Like `hasWord`, but numbers are equal in every spelling. */
const hasNumber = (film: Film, word: string): boolean =>
  ` ${byNumbers(typedWords(film.title))} `.includes(` ${byNumbers([word])} `);

const misspeltPerson: Maker = (film, random) => {
  const words = film.title.split(" ").filter(capital);
  const names = film.cast.filter((name) => /^[A-Z][a-z]+ [A-Z][a-z]{4,}$/.test(name));
  if (names.length === 0 || words.length === 0) return null;
  const [name, word] = [pick(random, names), fold(pick(random, words))];
  const [first = "", last = ""] = fold(name).split(" ");
  return {
    query: `${first} ${misspell(last, random)} ${word}`,
    fits: (other) => hasWord(other, word) && other.cast.includes(name),
  };
};

const decade: Maker = (film, random) => {
  const words = film.title.split(" ").filter(capital);
  if (words.length === 0) return null;
  const word = fold(pick(random, words));
  const start = film.year - (film.year % 10);
  const isShort = start >= 1920 && start < 2000 && random() < 0.5;
  const name = isShort ? `${start - 1900}s` : `${start}s`;
  return {
    query: random() < 0.5 ? `${name} ${word}` : `${word} ${name}`,
    fits: (other) => hasNumber(other, word) && other.year >= start && other.year < start + 10,
  };
};

/** Kinds of queries as viewers type them, each with its own aim. */
export const TYPED_KINDS: Record<string, Maker> = {
  numerals: rewriting(otherNumber, byNumbers),
  abbreviations: rewriting(otherSpelling, bySpelling),
  "joined, split": joinedOrSplit,
  "no article": rewriting(
    (words) => (withoutArticle(words).length < words.length ? withoutArticle(words) : null),
    (words) => keyOf(withoutArticle(words)),
  ),
  "order + typo": rewriting(shuffledWithTypo, (words) => words.toSorted().join(" ")),
  "person typo + word": misspeltPerson,
  "decade + word": decade,
};

/** `count` questions of each of these kinds; the same for the same seed. */
export function typedQuestions(films: readonly Film[], count: number, seed: number): Question[] {
  return Object.entries(TYPED_KINDS).flatMap(([kind, make], n) =>
    repeated(films, count, seed + n, (film, random): Question | null => {
      const made = make(film, random, films);
      if (made === null) return null;
      const fitting = films.filter(made.fits).map((other) => fold(other.title));
      return { kind, query: made.query, answers: new Set([fold(film.title), ...fitting]) };
    }),
  );
}
