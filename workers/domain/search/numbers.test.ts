import fc from "fast-check";
import { expect, test } from "vitest";
import { numberForms, readNumber, readRoman } from "./numbers.ts";

test.each<[string, number, number]>([
  ["4", 4, 1],
  ["04", 4, 1],
  ["4th", 4, 1],
  ["twenty one grams", 21, 2],
  ["twenty first century", 21, 2],
  ["one hundred and one dalmatians", 101, 4],
  ["a hundred and one", 101, 4],
  ["hundred", 100, 1],
  ["two thousand and one", 2001, 4],
  ["nineteen eighty four", 1984, 3],
  ["twenty twenty", 2020, 2],
  ["twelve angry men", 12, 1],
])("reads the number in %j", (text, value, length) => {
  expect(readNumber(text.split(" "))).toMatchObject({ value, length });
});

test.each(["007", "a man", "12345", "of", "", "th", "4x"])("%j is not a number", (text) => {
  expect(readNumber(text.split(" "))).toBeNull();
});

test.each([
  ["iv", 4],
  ["xiv", 14],
  ["xxxix", 39],
  ["iiii", null],
  ["mix", null],
  ["", null],
  ["xl", null],
])("reads %j as the Roman number %s", (text, value) => {
  expect(readRoman(text)).toBe(value);
});

test("every spelling of a number is read as that number", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2199 }), (value) => {
      const { cardinals, ordinals } = numberForms(value, true);
      for (const form of [...cardinals, ...ordinals]) {
        const roman = form.length === 1 ? readRoman(form[0] ?? "") : null;
        const read = readNumber(form);
        expect({ form, value: roman ?? read?.value }).toEqual({ form, value });
        if (roman === null) expect(read?.length).toBe(form.length);
      }
    }),
  );
});
