import fc from "fast-check";
import { expect, test } from "vitest";
import { fold } from "./text.ts";
import { distance, prefixDistance, singleEdits, typoKeys } from "./edits.ts";

test.each([
  ["godfather", "godfather", 0],
  ["gofdather", "godfather", 1],
  ["godfathr", "godfather", 1],
  ["godfatherr", "godfather", 1],
  ["godfxther", "godfather", 1],
  ["gdofathr", "godfather", 2],
  ["matrix", "star", 3],
])("%s and %s are %i edits apart (3 stands for more than 2)", (a, b, edits) => {
  expect(Math.min(3, distance(a, b, 2))).toBe(edits);
});

test("an unfinished word is compared with the start of the term", () => {
  expect(prefixDistance("spilb", "spielberg", 1)).toBe(1);
  expect(prefixDistance("spiel", "spielberg", 1)).toBe(0);
  expect(prefixDistance("xyz", "spielberg", 1)).toBe(2);
});

const word = fc.string({
  unit: fc.constantFrom("a", "b", "c", "d", "e"),
  minLength: 6,
  maxLength: 14,
});

/** Applies an edit at a position, both given by small numbers. */
function edit(text: string, kind: number, at: number): string {
  const i = at % text.length;
  const edits = [
    text.slice(0, i) + text.slice(i + 1),
    `${text.slice(0, i)}x${text.slice(i)}`,
    `${text.slice(0, i)}x${text.slice(i + 1)}`,
    text.slice(0, i) + (text[i + 1] ?? "") + (text[i] ?? "") + text.slice(i + 2),
  ];
  return edits[kind % 4] ?? text;
}

test("every single edit of a word is looked up", () => {
  fc.assert(
    fc.property(word, fc.nat(3), fc.nat(13), (text, kind, at) => {
      const typo = edit(text, kind, at);
      expect(typo === text || singleEdits(typo).includes(text)).toBe(true);
    }),
  );
});

test.each([
  ["שלןם", "שלום"],
  ["თბილსი", "თბილისი"],
  ["फ़लम", "फ़िलम"],
  ["کتب", "کتاب"],
])("a replaced or inserted letter turns %s into %s", (typo, word) =>
  expect(singleEdits(fold(typo))).toContain(fold(word)),
);

test("words within two edits share a typo key", () => {
  fc.assert(
    fc.property(
      word,
      fc.nat(3),
      fc.nat(13),
      fc.nat(3),
      fc.nat(13),
      (text, kind, at, kind2, at2) => {
        const typo = edit(edit(text, kind, at), kind2, at2);
        fc.pre(typo.length >= 8);
        const keys = new Set(typoKeys(typo));
        expect(typoKeys(text).some((key) => keys.has(key))).toBe(true);
      },
    ),
  );
});
