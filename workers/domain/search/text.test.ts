import fc from "fast-check";
import { expect, test } from "vitest";
import { fold, indexWords, titleKey, tokenize } from "./text.ts";

test.each([
  ["Amélie", "amelie"],
  ["STRASSE Straße", "strasse strasse"],
  ["Łódź", "lodz"],
  ["Ærø", "aero"],
  ["ＦＵＬＬ", "full"],
  ["ДЁТИ", "дети"],
  ["İstanbul", "istanbul"],
  ["ガール", "ガール"],
])("%s folds to %s", (text, folded) => expect(fold(text)).toBe(folded));

test.each([
  ["Spider-Man", ["spider", "man", "¤", "spiderman"]],
  ["Ocean's Eleven", ["oceans", "eleven"]],
  ["L'Avventura", ["lavventura", "¤", "avventura"]],
  ["E.T. the Extra-Terrestrial", ["et", "the", "extra", "terrestrial", "¤", "extraterrestrial"]],
  ["Fast & Furious 9", ["fast", "and", "furious", "9"]],
  ["Part ⑴ of ½", ["part", "1", "of", "12"]],
  ["\ufdfa", ["صلىاللهعليهوسلم"]],
  ["東京物語", ["東京", "京物", "物語", "¤", "東", "京", "物", "語"]],
])("%s is indexed as %j", (text, words) => expect(indexWords(text)).toEqual(words));

test("titles that differ only in punctuation, case and spaces have the same key", () => {
  expect(new Set(["Spider-Man", "spider man", "Spiderman", "SPIDER MAN!"].map(titleKey)).size).toBe(
    1,
  );
});

test("the tokens of any text occur in it in order, without spaces or quotes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
      let before = 0;
      for (const token of tokenize(text)) {
        expect(token.start).toBeGreaterThanOrEqual(before);
        expect(token.end).toBeLessThanOrEqual(text.length);
        expect(token.text).not.toMatch(/[\s"*():^¤-]/);
        before = token.start;
      }
    }),
  );
});
