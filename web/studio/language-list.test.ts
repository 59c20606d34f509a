import { expect, test } from "vitest";
import { languageChoices, likelyLanguages } from "./language-list.ts";

test("languages are named and sorted in the language of the page", () => {
  const english = languageChoices("", "en");
  expect(english.length).toBeGreaterThan(180);
  expect(english).toContainEqual({ tag: "pt-BR", name: "Brazilian Portuguese" });
  expect(english.every(({ tag, name }) => name !== tag)).toBe(true);
  const german = languageChoices("", "de").map(({ name }) => name);
  expect(german).toContain("Schweizer Hochdeutsch");
  expect(german.indexOf("Dänisch")).toBeLessThan(german.indexOf("Deutsch"));
});

test.each(["en", "de", "ar"])("no two languages have the same name in %s", (locale) => {
  const names = languageChoices("", locale).map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test("a language that is already chosen stays selectable, even if it has no name", () => {
  expect(languageChoices("sgn-ase", "en").some(({ tag }) => tag === "sgn-ase")).toBe(true);
  expect(languageChoices("xx-invalid-tag", "en").some(({ tag }) => tag === "xx-invalid-tag")).toBe(
    true,
  );
});

test("likely languages come first, once each", () => {
  const likely = likelyLanguages("fr", languageChoices("fr", "en"), ["en", "de-CH", "en-US", "en"]);
  expect(likely.map(({ tag }) => tag)).toEqual(["fr", "en", "de-CH", "de", "en-US"]);
});
