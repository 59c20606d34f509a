import { expect, test } from "vitest";
import { chaptersOf, clipsOf, usableChapters } from "./chapters.ts";

const describedIn = (description: string, duration = 60) =>
  chaptersOf({ description, duration, chapters: [], ownChapters: null });

test("description lines that begin with a time become chapters", () => {
  const description = "A trip.\n0:00 Harbour\n(1:05) - The storm\n• 1:02:03 – Home\nThanks to Ann.";
  const chapters = describedIn(description, 4000);
  expect(chapters).toEqual([
    { title: "Harbour", start: 0 },
    { title: "The storm", start: 65 },
    { title: "Home", start: 3723 },
  ]);
  expect(clipsOf(chapters, 4000).map(({ end }) => end)).toEqual([65, 3723, 4000]);
});

test.each([
  ["a single time", "0:00 is the best part"],
  ["two times", "0:00 One\n0:20 Two"],
  ["times of which none is the beginning", "0:10 One\n0:20 Two\n0:30 Three"],
  ["times inside a sentence", "We met at 9:30 and left\nbefore 10:15 or so"],
  ["times beyond the end", "0:00 One\n0:10 Two\n5:00 Three"],
  ["times that go back", "0:00 One\n0:30 Two\n0:10 Three"],
  ["times without a title", "0:00\n0:10\n0:20"],
])("%s does not make chapters", (_what, description) => {
  expect(describedIn(description)).toEqual([]);
});

test("a long chapter list is truncated", () => {
  const lines = Array.from(
    { length: 500 },
    (_, n) => `${Math.floor(n / 60)}:${String(n % 60).padStart(2, "0")} x`,
  );
  expect(describedIn(lines.join("\n"), 1000)).toHaveLength(100);
});

test("chapters from the description replace those of the file", () => {
  const chapters = [
    { start: 0, title: "From the file" },
    { start: 30, title: "Also" },
  ];
  const ofFile = { duration: 60, chapters, ownChapters: null };
  expect(chaptersOf({ ...ofFile, description: "No times." })).toBe(chapters);
  const described = chaptersOf({ ...ofFile, description: "0:00 A\n0:10 B\n0:20 C" });
  expect(described.map(({ title }) => title)).toEqual(["A", "B", "C"]);
});

test("chapters listed by the creator replace all others, even if the list is empty", () => {
  const video = {
    description: "0:00 A\n0:10 B\n0:20 C",
    duration: 60,
    chapters: [{ start: 0, title: "From the file" }],
  };
  const own = [
    { start: 0, title: "Mine" },
    { start: 30, title: "Too" },
    { start: 90, title: "Of a longer file" },
  ];
  expect(chaptersOf({ ...video, ownChapters: own })).toEqual(own.slice(0, 2));
  expect(chaptersOf({ ...video, ownChapters: [] })).toEqual([]);
});

test("chapters of a file are sorted, named and limited to the video's duration", () => {
  const found = [
    { start: 20, title: "Second\u0000\u202e part" },
    { start: -0.02, title: "First" },
    { start: 20, title: "Again" },
    { start: 40, title: " \u200b" },
    { start: 90, title: "After the end" },
  ];
  expect(usableChapters(found, 60)).toEqual([
    { start: 0, title: "First" },
    { start: 20, title: "Second   part" },
    { start: 40, title: "Chapter 3" },
  ]);
  expect(usableChapters([{ start: 0, title: "All" }], 60)).toEqual([]);
  const many = Array.from({ length: 5000 }, (_, start) => ({ start, title: "x".repeat(999) }));
  const kept = usableChapters(many, 6000);
  expect([kept.length, kept[0]?.title.length]).toEqual([100, 200]);
});
