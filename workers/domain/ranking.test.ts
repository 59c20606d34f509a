import fc from "fast-check";
import { expect, test } from "vitest";
import { QUALITY, type RankedDocument, type RankedQuery, score } from "./ranking.ts";

const NOW = Date.UTC(2026, 10, 23);
const DAY = 86_400_000;

const wordsOf = (text: string): string[] => text.split(" ").filter((word) => word !== "");

/** A video as the ranking sees it. @param title lower case, as the index has it */
const video = (title: string, change: Partial<RankedDocument> = {}): RankedDocument => ({
  title: wordsOf(title),
  people: [],
  tags: [],
  others: [],
  key: title.replaceAll(" ", ""),
  complete: true,
  phrase: false,
  spoken: false,
  views: 1000,
  publishedAt: NOW - 400 * DAY,
  ...change,
});

/** A query whose words are met exactly, unless `typos` says what they were meant to be. */
const query = (typed: string, typos: Record<string, string> = {}): RankedQuery => ({
  words: wordsOf(typed).map((word) => ({
    quality: (found) =>
      found === word ? 1 : found === `${word}s` ? QUALITY.stem : found === typos[word] ? 0.75 : 0,
    df: 10,
  })),
  key: typed.replaceAll(" ", ""),
  now: NOW,
});

test.each<[string, string, RankedDocument, RankedDocument]>([
  ["the exact title before a longer one", "red river", video("red river"), video("red river two")],
  [
    "a title that begins so before one that ends so",
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
    "the description before what is only spoken",
    "fog",
    video("walk"),
    video("walk", { complete: false, spoken: true }),
  ],
  [
    "neighbours before words apart",
    "cary grant",
    video("walk", { people: ["cary", "grant"] }),
    video("walk", { people: ["cary", "moss", "ann", "grant"] }),
  ],
  [
    "words in their order before the same words in another",
    "north star",
    video("the north star club"),
    video("the star north club"),
  ],
  [
    "a row of words in the text before the same words anywhere",
    "end of the pier",
    video("walk", { phrase: true }),
    video("walk"),
  ],
  [
    "words as typed before other forms of them, whatever the views",
    "grant king fog mist",
    video("the king and i", { people: ["grant"], tags: ["fog", "mist"], views: 0 }),
    video("kings of the sun", { people: ["grant"], tags: ["fog", "mist"], views: 1e8 }),
  ],
  ["the more popular of equals", "walk", video("walk", { views: 1e6 }), video("walk")],
  ["the fresher of equals", "walk", video("walk", { publishedAt: NOW }), video("walk")],
  [
    "another reading of a title before a description",
    "spiderman",
    video("spider man", { key: "other", others: ["spiderman"] }),
    video("walk"),
  ],
])("%s comes first", (_, typed, first, second) => {
  expect(score(first, query(typed))).toBeGreaterThan(score(second, query(typed)));
});

test("what was typed comes before what was probably meant, however popular", () => {
  const typed = query("barn", { barn: "born" });
  const meant = video("born", { views: 1e8, publishedAt: NOW });
  expect(score(video("barn", { views: 0 }), typed)).toBeGreaterThan(score(meant, typed));
});

test("a rare word says more than a frequent one", () => {
  const typed = query("the zeppelin");
  const [the, zeppelin] = typed.words;
  const weighed = {
    ...typed,
    words: [
      { ...the!, df: 900_000 },
      { ...zeppelin!, df: 3 },
    ],
  };
  const loose = { complete: false };
  expect(score(video("a zeppelin", loose), weighed)).toBeGreaterThan(
    score(video("the a", loose), weighed),
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
