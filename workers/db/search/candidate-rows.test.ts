import { expect, test } from "vitest";
import { wordVariants, titleKey, wordSequence } from "../../domain/search/text.ts";
import { type Card, readCandidates, writeCard } from "./candidate-rows.ts";
import { bytesOf } from "./json-lists.ts";

const card: Card = {
  id: "v1",
  key: "twowords",
  title: "Two Words",
  people: ["Ann", "", "Bob"],
  tags: [],
  words: {
    title: ["two", "words"],
    people: [["ann"], [], ["bob"]],
    tags: [],
    variants: ["twowords"],
  },
  category: "film",
  language: null,
  maturityRating: null,
  creator: "c1",
  duration: 12.5,
  height: 1080,
  hdr: true,
  captions: false,
  views: 3,
  publishedAt: 1_767_000_000_000,
};

/** A row as `selectCandidates` selects it. */
const found = (...cards: string[]): string =>
  cards.map((text, i) => `${i + 1}\u00a4${i}\u00a4${text}`).join("\u00b6");

const candidate = {
  ...card,
  words: { title: ["two", "words"], people: ["ann", "bob"], tags: [], variants: ["twowords"] },
};

test("a card is read as it was written", () => {
  expect(readCandidates(found(writeCard(card), writeCard({ ...card, id: "v2" })))).toEqual([
    { ...candidate, rowid: 1, sources: 0 },
    { ...candidate, id: "v2", rowid: 2, sources: 1 },
  ]);
  expect(readCandidates(null)).toEqual([]);
});

test("separator characters in a text do not break a card", () => {
  const withMarks = { ...card, title: "10\u00a4 \u00b6 two", people: ["A\u00a6B", "", "Bob"] };
  expect(readCandidates(found(writeCard(withMarks)))).toEqual([
    { ...candidate, rowid: 1, sources: 0, title: "10    two", people: ["A B", "", "Bob"] },
  ]);
});

test("a card stays small, however many tags and people a video has", () => {
  for (const letter of ["x", "東", "й"]) {
    const items = (count: number, length: number) =>
      Array.from({ length: count }, (_, i) => `${letter.repeat(length - 2)}${i + 10}`);
    const document = {
      ...card,
      title: letter.repeat(200),
      people: items(51, 100),
      tags: items(30, 50),
    };
    const words = {
      title: wordSequence(document.title),
      people: document.people.map(wordSequence),
      tags: document.tags.map(wordSequence),
      variants: wordVariants(document.title),
    };
    const written = writeCard({ ...document, key: titleKey(document.title), words });
    expect(bytesOf(written)).toBeLessThanOrEqual(4000);
    const [read] = readCandidates(found(written));
    expect(read?.tags.length).toBeGreaterThan(0);
    expect(read?.tags).toEqual(document.tags.slice(0, read?.tags.length));
    expect(read?.words.tags).toEqual(words.tags.slice(0, read?.tags.length).flat());
    expect(read?.people.length).toBeGreaterThan(0);
    expect(read?.words.people).toEqual(words.people.slice(0, read?.people.length).flat());
    expect(read?.publishedAt).toBe(card.publishedAt);
  }
});
