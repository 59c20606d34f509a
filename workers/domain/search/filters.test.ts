import { expect, test } from "vitest";
import { find, publish, titles } from "./search.fixture.ts";

test("of more tags than a card has room for, each is a filter", async () => {
  const tags = Array.from({ length: 30 }, (_, i) => `${"長".repeat(48)}${i + 10}`);
  await publish({ title: "Thoroughly Tagged", tags });
  for (const tag of [tags[0], tags[29]])
    expect(titles(await find("thoroughly tagged", { tag }))).toEqual(["Thoroughly Tagged"]);
  expect(titles(await find("thoroughly tagged", { tag: "short" }))).toEqual([]);
});

test("a language is found by each beginning of its tag", async () => {
  const description = "An okapi.";
  await publish({ description, language: "zh-Hant-TW" }, { description, language: "zh" });
  for (const [language, found] of [
    ["zh", 2],
    ["zh-Hant", 1],
    ["zh-hant-tw", 1],
    ["zh-Hans", 0],
  ] as const)
    expect(titles(await find("okapi ", { language }))).toHaveLength(found);
});

test("a creator of no letters is nobody", async () => {
  for (const creator of ["\0", '"', "\0\0 OR "])
    expect((await find("", { creator })).items).toEqual([]);
});
