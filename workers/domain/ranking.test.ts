import fc from "fast-check";
import { expect, test } from "vitest";
import { MATCH_QUALITY, type RankedDocument, type RankedQuery, score } from "./ranking.ts";

const NOW = Date.UTC(2026, 10, 23);
const DAY = 86_400_000;

const wordsOf = (text: string): string[] => text.split(" ").filter((word) => word !== "");

/** A video as the ranking sees it. @param title in lower case, as in the index */
function video(title: string, change: Partial<RankedDocument> = {}): RankedDocument {
  return {
    title: wordsOf(title),
    people: [],
    tags: [],
    variants: [],
    key: title.replaceAll(" ", ""),
    complete: true,
    sequence: false,
    captionsOnly: false,
    views: 1000,
    publishedAt: NOW - 400 * DAY,
    ...change,
  };
}

/** A query whose words match exactly, or as a typo of another word as given by `typos`. */
function query(typed: string, typos: Record<string, string> = {}): RankedQuery {
  return {
    words: wordsOf(typed).map((word) => ({
      quality: (own) =>
        own === word ? 1 : own === `${word}s` ? MATCH_QUALITY.stem : own === typos[word] ? 0.75 : 0,
      df: 10,
      sequences: [],
      isNumber: /^\d+$/.test(word),
      isFrequent: false,
      isArticle: word === "the",
    })),
    key: typed.replaceAll(" ", ""),
    now: NOW,
  };
}

test.each<[string, string, RankedDocument, RankedDocument]>([
  [
    "a repeated word before the word alone",
    "taxi taxi",
    video("taxi taxi", { views: 0 }),
    video("taxi", { views: 1e8 }),
  ],
  ["the exact title before a longer one", "red river", video("red river"), video("red river two")],
  [
    "a title that begins with the word before one that ends with it",
    "river",
    video("river of no return"),
    video("return to the river"),
  ],
  [
    "a title before cast, whatever the views",
    "grant",
    video("grant park", { views: 0 }),
    video("walk", { people: ["cary", "grant"], views: 1e8 }),
  ],
  [
    "cast before tags",
    "grant",
    video("walk", { people: ["grant"] }),
    video("walk", { tags: ["grant"] }),
  ],
  ["tags before the description", "fog", video("walk", { tags: ["fog"] }), video("walk")],
  [
    "the description before captions",
    "fog",
    video("walk"),
    video("walk", { complete: false, captionsOnly: true }),
  ],
  [
    "neighbours before words apart",
    "cary grant",
    video("walk", { people: ["cary", "grant"] }),
    video("walk", { people: ["cary", "moss", "ann", "grant"] }),
  ],
  [
    "words in the typed order before the same words in another order",
    "north star",
    video("the north star club"),
    video("the star north club"),
  ],
  [
    "words in sequence before the same words apart",
    "end of the pier",
    video("walk", { sequence: true }),
    video("walk"),
  ],
  [
    "words as typed before their other forms, whatever the views",
    "grant king fog mist",
    video("the king and i", { people: ["grant"], tags: ["fog", "mist"], views: 0 }),
    video("kings of the sun", { people: ["grant"], tags: ["fog", "mist"], views: 1e8 }),
  ],
  ["the more popular of two equal matches", "walk", video("walk", { views: 1e6 }), video("walk")],
  [
    "the more recent of two equal matches",
    "walk",
    video("walk", { publishedAt: NOW }),
    video("walk"),
  ],
  [
    "a variant of a title word before a description",
    "spiderman",
    video("spider man", { key: "other", variants: ["spiderman"] }),
    video("walk"),
  ],
])("%s comes first", (_, typed, first, second) => {
  expect(score(first, query(typed))).toBeGreaterThan(score(second, query(typed)));
});

test("an exact match comes before a spelling correction, however popular", () => {
  const typed = query("barn", { barn: "born" });
  const meant = video("born", { views: 1e8, publishedAt: NOW });
  expect(score(video("barn", { views: 0 }), typed)).toBeGreaterThan(score(meant, typed));
});

test("a rare word counts more than a frequent one", () => {
  const typed = query("the zeppelin");
  const [the, zeppelin] = typed.words;
  const weighted = {
    ...typed,
    words: [
      { ...the!, df: 900_000 },
      { ...zeppelin!, df: 3 },
    ],
  };
  const loose = { complete: false };
  expect(score(video("a zeppelin", loose), weighted)).toBeGreaterThan(
    score(video("the a", loose), weighted),
  );
});

test("more views and a later date never lower a score, and never outweigh the exact title", () => {
  const views = fc.integer({ min: 0, max: 1e9 });
  const age = fc.integer({ min: 0, max: 20 * 365 });
  fc.assert(
    fc.property(views, views, age, age, (some, more, days, before) => {
      const at = (count: number, daysAgo: number, title = "red river valley") =>
        score(video(title, { views: count, publishedAt: NOW - daysAgo * DAY }), query("red river"));
      expect(at(some + more, days)).toBeGreaterThanOrEqual(at(some, days));
      expect(at(some, days)).toBeGreaterThanOrEqual(at(some, days + before));
      expect(at(0, 20 * 365, "red river")).toBeGreaterThan(at(some, days));
    }),
  );
});
