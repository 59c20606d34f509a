import fc from "fast-check";
import { expect, test } from "vitest";
import { splitMarks } from "./split-marks.ts";

test("a text is split at its marks in order", () => {
  expect(
    splitMarks("the red balloon", [
      [8, 15],
      [4, 7],
    ]),
  ).toEqual([
    { text: "the ", marked: false },
    { text: "red", marked: true },
    { text: " ", marked: false },
    { text: "balloon", marked: true },
  ]);
});

test("the spans add up to the text whatever the marks are", () => {
  const mark = fc.tuple(fc.integer({ min: -5, max: 60 }), fc.integer({ min: -5, max: 60 }));
  fc.assert(
    fc.property(fc.string({ maxLength: 50 }), fc.array(mark), (text, marks) => {
      const spans = splitMarks(text, marks);
      expect(spans.map((span) => span.text).join("")).toBe(text);
    }),
  );
});
