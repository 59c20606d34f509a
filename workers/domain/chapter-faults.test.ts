import { expect, test } from "vitest";
import { chapterFaults, secondsOfTime, type TypedChapter } from "./chapter-faults.ts";

const chapter = (start: number | null, title = "Boats"): TypedChapter => ({ start, title });
const START = chapter(0);

test.each<[string, TypedChapter[], [number, string][]]>([
  ["a list in order", [START, chapter(10)], []],
  ["a list that is not in order", [chapter(10), START], []],
  ["no chapter", [], []],
  ["one chapter", [START], [[0, "too-few"]]],
  ["a text that is no time", [START, chapter(null)], [[1, "no-time"]]],
  ["a title of spaces", [START, chapter(10, " ")], [[1, "no-title"]]],
  ["a beginning without a chapter", [chapter(20), chapter(10)], [[1, "first-not-at-start"]]],
  ["two chapters at one time", [START, chapter(10), chapter(10)], [[2, "same-time"]]],
  ["a chapter at the end", [START, chapter(60)], [[1, "after-end"]]],
])("%s", (_, chapters, faults) => {
  expect([...chapterFaults(chapters, 60)]).toEqual(faults);
});

test("a list that is too long is refused with the line of the limit", () => {
  const chapters = Array.from({ length: 103 }, (_, start) => chapter(start));
  expect([...chapterFaults(chapters, 1000)]).toEqual([[100, "too-many"]]);
});

test.each([
  ["0:00", 0],
  ["4:05", 245],
  ["1:02:03", 3723],
  ["90", 90],
  [" 0:07.25 ", 7.25],
  ["75:00", 4500],
  ["4:75", null],
  ["1:75:00", null],
  ["", null],
  ["soon", null],
  ["-1", null],
  ["1:2:3:4", null],
])("%j is %s seconds", (text, seconds) => {
  expect(secondsOfTime(text)).toBe(seconds);
});
