import fc from "fast-check";
import { expect, test } from "vitest";
import { cutText } from "./cut-text.ts";

const FAMILY = "👨‍👩‍👧‍👦";

test.each([
  ["short", 10, "short"],
  ["exactly", 7, "exactly"],
  ["ab😀", 3, "ab"],
  ["ab😀", 4, "ab😀"],
  [`a${FAMILY}b`, 6, "a"],
  ["cafe\u0301s", 4, "caf"],
  ["🇩🇪🇫🇷", 6, "🇩🇪"],
  [`a${"\u0301".repeat(20)}`, 5, `a${"\u0301".repeat(4)}`],
  [`😀${"\u0301".repeat(20)}`, 1, ""],
])("%s with a limit of %i is cut to %s", (text, max, expected) => {
  expect(cutText(text, max)).toBe(expected);
});

test("a cut text is a prefix within the limit and never splits a character", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", maxLength: 60 }),
      fc.integer({ min: 0, max: 60 }),
      (text, max) => {
        const cut = cutText(text, max);
        expect(text.startsWith(cut)).toBe(true);
        expect(cut.length).toBeLessThanOrEqual(max);
        expect(cut.isWellFormed()).toBe(true);
      },
    ),
  );
});
