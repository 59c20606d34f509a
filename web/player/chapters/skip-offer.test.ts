import { expect, test } from "vitest";
import { chapterAt, skipOfferAt } from "./skip-offer.ts";

const chapters = [
  { start: 0, title: "Previously on Harbour" },
  { start: 30, title: "Intro" },
  { start: 45, title: "The introduction of steam" },
  { start: 90, title: "Opening" },
];

test("an intro and a recap can be skipped to the next chapter", () => {
  expect(skipOfferAt(chapters, 10)).toEqual({ label: "Skip recap", to: 30 });
  expect(skipOfferAt(chapters, 30)).toEqual({ label: "Skip intro", to: 45 });
});

test.for([
  ["Opening titles", "Skip intro"],
  ["Vorspann", "Skip intro"],
  ["المقدمة", "Skip intro"],
  ["The story so far", "Skip recap"],
  ["Rückblick", "Skip recap"],
  ["ملخص ما سبق", "Skip recap"],
] as const)("a chapter named %s has the button %s", ([title, label]) => {
  const offer = skipOfferAt([{ start: 0, title }, ...chapters.slice(1)], 5);
  expect(offer?.label).toBe(label);
});

test("other chapters, the last chapter and a video without chapters offer no skip button", () => {
  expect(skipOfferAt(chapters, 60)).toBeNull();
  expect(skipOfferAt(chapters, 95)).toBeNull();
  expect(skipOfferAt([], 5)).toBeNull();
  expect(chapterAt(chapters, 44)?.title).toBe("Intro");
  expect(chapterAt([{ start: 5, title: "Late" }], 1)).toBeUndefined();
});
