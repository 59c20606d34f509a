import { expect, test } from "vitest";
import { type Card, readCandidates, writeCard } from "./candidate-rows.ts";

const card: Card = {
  id: "v1",
  key: "twowords",
  title: "Two Words",
  people: ["Ann", "", "Bob"],
  tags: [],
  words: { title: ["two", "words"], people: ["ann", "bob"], tags: [] },
  category: "film",
  language: null,
  creator: "c1",
  duration: 12.5,
  height: 1080,
  hdr: true,
  captions: false,
  views: 3,
  publishedAt: 1_767_000_000_000,
};

/** As `selectCandidates` puts them together. */
const found = (...cards: string[]): string =>
  cards.map((text, i) => `${i + 1}\u00a4${i}\u00a4${text}`).join("\u00b6");

test("what is written is read", () => {
  expect(readCandidates(found(writeCard(card), writeCard({ ...card, id: "v2" })))).toEqual([
    { ...card, rowid: 1, sources: 0 },
    { ...card, id: "v2", rowid: 2, sources: 1 },
  ]);
  expect(readCandidates(null)).toEqual([]);
});

test("marks in a text do not break the card", () => {
  const odd = { ...card, title: "10\u00a4 \u00b6 two", people: ["A\u00a6B"] };
  expect(readCandidates(found(writeCard(odd)))).toEqual([
    { ...card, rowid: 1, sources: 0, title: "10    two", people: ["A B"] },
  ]);
});
