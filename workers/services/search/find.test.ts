import { beforeAll, expect, test } from "vitest";
import { find, publish, titles } from "../../../tests/support/worker/search.ts";

beforeAll(async () => {
  await publish(
    { title: "The Keeper", description: "A lighthouse, a storm and a parrot." },
    { title: "Parrot and Submarine" },
    { title: "Submarine", views: 1_000_000 },
    // Known words, each a typo of another, that meet by chance.
    { title: "Postcards", description: "Jonny drives from Boise to Reno." },
    { title: "Johnny Reno" },
    { title: "The Marten Meets an Otter" },
    { title: "The Martin Meets an Otter" },
  );
});

test("of four words that never meet, the video with three of them is found, and no lesser one", async () => {
  const result = await find("submarine lighthouse parrot storm ");
  expect(titles(result)).toEqual(["The Keeper"]);
  expect(result).toMatchObject({ total: { value: 1, relation: "eq" }, didYouMean: null });
});

test("a known word gives way to its neighbour where that makes a title", async () => {
  const result = await find("jonny reno ");
  expect(titles(result)).toEqual(["Johnny Reno", "Postcards"]);
  expect(result.didYouMean).toBe("johnny reno ");
});

test("a known word stays what it is where its neighbour is no better", async () => {
  for (const [typed, title] of [
    ["marten otter ", "The Marten Meets an Otter"],
    ["martin otter ", "The Martin Meets an Otter"],
  ]) {
    const result = await find(typed ?? "");
    expect(titles(result)).toEqual([title]);
    expect(result.didYouMean).toBeNull();
  }
});

test("sorted, where lesser readings could come first, known words are taken as typed", async () => {
  for (const sort of ["newest", "longest", "popular"])
    expect(titles(await find("jonny reno ", { sort }))).toEqual(["Postcards"]);
});
