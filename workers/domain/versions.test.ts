import { expect, test } from "vitest";
import type { VersionState } from "../contract/versions.ts";
import { versionsToRetire } from "./versions.ts";

const keep = [{ from: 0, to: 1 }];
const edit = (version: number, sourceKey = "a", state: VersionState = "kept") => ({
  ...{ version, state, recipe: { keep }, facts: { sourceKey } },
});
const file = (version: number, sourceKey: string) => ({
  ...{ version, state: "kept" as const, recipe: null, facts: { sourceKey } },
});
const numbers = (versions: readonly { version: number }[]) =>
  versions.map(({ version }) => version).toSorted((left, right) => left - right);

test("the newest edits keep their streams, older ones only their recipes, and the uncut version both", () => {
  const others = [file(1, "a"), ...[2, 3, 4, 5, 6, 7, 8].map((version) => edit(version))];
  const { archived, dropped } = versionsToRetire(others, "a");
  expect(numbers(archived)).toEqual([2, 3]);
  expect(dropped).toEqual([]);
});

test("the version played so far keeps its streams however old it is, and archived versions do not count", () => {
  const others = [
    file(1, "a"),
    edit(2, "a", "current"),
    ...[3, 4].map((version) => edit(version, "a", "archived")),
    ...[5, 6, 7, 8, 9].map((version) => edit(version)),
  ];
  expect(numbers(versionsToRetire(others, "a").archived)).toEqual([5]);
});

test("the most recent replaced files are kept with their edits, and older ones are removed with theirs", () => {
  const replaced = ["a", "b", "c", "d", "e", "f"].map((key, index) => file(10 * index + 1, key));
  const others = [...replaced, edit(2, "a", "archived"), edit(12, "b", "archived")];
  const { archived, dropped } = versionsToRetire(others, "now");
  expect(numbers(dropped)).toEqual([1, 2]);
  expect(archived).toEqual([]);
  // A file is kept, however old, while an edit of it is played.
  expect(versionsToRetire(others, "a").dropped).toEqual([]);
});
