import fc from "fast-check";
import { expect, test } from "vitest";
import { matchesEtag, parseRange } from "./range.ts";

test.each([
  ["bytes=0-9", { offset: 0, length: 10 }],
  ["bytes=90-", { offset: 90, length: 10 }],
  ["bytes=-10", { offset: 90, length: 10 }],
  ["bytes=-1000", { offset: 0, length: 100 }],
  ["bytes=50-1000", { offset: 50, length: 50 }],
  ["bytes=100-", null],
  ["bytes=-0", null],
  ["bytes=9-0", undefined],
  ["bytes=-", undefined],
  ["bytes=0-1,5-6", undefined],
  ["items=0-1", undefined],
  ["bytes=a-b", undefined],
  [null, undefined],
])("%s of 100 bytes", (header, expected) => {
  expect(parseRange(header, 100)).toEqual(expected);
});

test("every range lies within the object", () => {
  const header = fc.oneof(
    fc.string(),
    fc.tuple(fc.nat(), fc.nat()).map(([a, b]) => `bytes=${a}-${b}`),
  );
  fc.assert(
    fc.property(header, fc.integer({ min: 0, max: 1e9 }), (text, size) => {
      const range = parseRange(text, size);
      if (!range) return;
      expect(range.offset).toBeGreaterThanOrEqual(0);
      expect(range.length).toBeGreaterThan(0);
      expect(range.offset + range.length).toBeLessThanOrEqual(size);
    }),
  );
});

test.each([
  ['"a"', true],
  ['W/"a"', true],
  ['"b", "a"', true],
  ["*", true],
  ['"b"', false],
  [null, false],
])("If-None-Match: %s", (header, expected) => {
  expect(matchesEtag(header, '"a"')).toBe(expected);
});
