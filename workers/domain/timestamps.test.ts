import { expect, test } from "vitest";
import { clipsIn } from "./timestamps.ts";

test("lines that begin with a time are the parts of a video", () => {
  const description = "A trip.\n0:00 Harbour\n(1:05) - The storm\n• 1:02:03 – Home\nThanks to Ann.";
  expect(clipsIn(description, 4000)).toEqual([
    { title: "Harbour", start: 0, end: 65 },
    { title: "The storm", start: 65, end: 3723 },
    { title: "Home", start: 3723, end: 4000 },
  ]);
});

test.each([
  ["a single time", "0:30 is the best part"],
  ["times inside a sentence", "We met at 9:30 and left\nbefore 10:15 or so"],
  ["times beyond the end", "0:10 One\n5:00 Two"],
  ["times that go back", "0:30 One\n0:10 Two"],
  ["times without a title", "0:10\n0:20"],
])("%s makes no parts", (_what, description) => {
  expect(clipsIn(description, 60)).toEqual([]);
});

test("a long list is cut", () => {
  const lines = Array.from(
    { length: 500 },
    (_, n) => `${Math.floor(n / 60)}:${String(n % 60).padStart(2, "0")} x`,
  );
  expect(clipsIn(lines.join("\n"), 1000)).toHaveLength(100);
});
