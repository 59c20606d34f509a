import { expect, test } from "vitest";
import { parseQuery } from "./query.ts";

const words = (text: string) => parseQuery(text).words.map((word) => word.text);

test("the last word is unfinished until a space follows it", () => {
  expect(parseQuery("star wa").words.map((word) => word.prefix)).toEqual([false, true]);
  expect(parseQuery("star wa ").words.map((word) => word.prefix)).toEqual([false, false]);
});

test("quotes make phrases, a minus excludes words and phrases", () => {
  const query = parseQuery('star "Darth Vader" -parody -"clone wars" well-known');
  expect(query.words.map((word) => word.text)).toEqual(["star", "well", "known"]);
  expect(query.phrases).toEqual([["darth", "vader"]]);
  expect(query.excluded).toEqual([["parody"], ["clone", "wars"]]);
});

test("unclosed quotes and lone punctuation are not errors", () => {
  expect(words('"star wars')).toEqual(["star", "wars"]);
  for (const text of [
    "",
    " ",
    '"',
    '""',
    "-",
    "--",
    "*",
    "NEAR(",
    "a:b",
    "AND",
    "^",
    "(((",
    '-"',
    "\u0000",
  ])
    expect(() => parseQuery(text)).not.toThrow();
});

test("words keep their offsets in the text, so that corrections can replace them", () => {
  const text = 'the "x y" gohst';
  const word = parseQuery(text).words.at(-1);
  expect(text.slice(word?.start, word?.end)).toBe("gohst");
});
