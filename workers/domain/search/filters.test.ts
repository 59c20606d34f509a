import { expect, test } from "vitest";
import { find, publish, titles } from "./search.fixture.ts";

test("of more tags than a card has room for, each is a filter", async () => {
  const tags = Array.from({ length: 30 }, (_, i) => `${"長".repeat(48)}${i + 10}`);
  await publish({ title: "Thoroughly Tagged", tags });
  for (const tag of [tags[0], tags[29]])
    expect(titles(await find("thoroughly tagged", { tag }))).toEqual(["Thoroughly Tagged"]);
  expect(titles(await find("thoroughly tagged", { tag: "short" }))).toEqual([]);
});
