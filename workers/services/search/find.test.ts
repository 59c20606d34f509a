import { beforeAll, expect, test } from "vitest";
import { find, publish, titles } from "../../../tests/support/worker/search.ts";

beforeAll(async () => {
  await publish(
    { title: "The Keeper", description: "A lighthouse, a storm and a parrot." },
    { title: "Parrot and Submarine" },
    { title: "Submarine", views: 1_000_000 },
    // Known words, each a typo of another, that occur together by chance.
    { title: "Postcards", description: "Jonny drives from Boise to Reno." },
    { title: "Johnny Reno" },
    { title: "The Marten Meets an Otter" },
    { title: "The Martin Meets an Otter" },
  );
});

test("if no video has all four words, videos with three of them are found, and none with fewer", async () => {
  const result = await find("submarine lighthouse parrot storm ");
  expect(titles(result)).toEqual(["The Keeper"]);
  expect(result).toMatchObject({ total: { value: 1, relation: "eq" }, didYouMean: null });
});

test("a known word is corrected if that makes it a title", async () => {
  const result = await find("jonny reno ");
  expect(titles(result)).toEqual(["Johnny Reno", "Postcards"]);
  expect(result.didYouMean).toBe("johnny reno ");
});

test("a known word is not corrected if that makes no better match", async () => {
  for (const [typed, title] of [
    ["marten otter ", "The Marten Meets an Otter"],
    ["martin otter ", "The Martin Meets an Otter"],
  ]) {
    const result = await find(typed ?? "");
    expect(titles(result)).toEqual([title]);
    expect(result.didYouMean).toBeNull();
  }
});

test("known words are not corrected in a sorted result, where worse matches could come first", async () => {
  for (const sort of ["newest", "longest", "popular"])
    expect(titles(await find("jonny reno ", { sort }))).toEqual(["Postcards"]);
});
