import { expect, test } from "vitest";
import { editTags } from "./tag-edits.ts";

test.each([
  {
    what: "adds at the end",
    tags: ["sea"],
    add: ["Harbour"],
    remove: [],
    expected: ["sea", "Harbour"],
  },
  { what: "removes", tags: ["sea", "boat"], add: [], remove: ["sea"], expected: ["boat"] },
  {
    what: "knows no case",
    tags: ["Sea", "boat"],
    add: ["sea"],
    remove: ["BOAT"],
    expected: ["Sea"],
  },
  { what: "removes what is also added", tags: [], add: ["sea"], remove: ["Sea"], expected: [] },
  {
    what: "joins repetitions",
    tags: ["a", "A"],
    add: ["b", "B"],
    remove: [],
    expected: ["a", "b"],
  },
])("an edit of tags $what", ({ tags, add, remove, expected }) => {
  const once = editTags(tags, { add, remove });
  expect(once).toEqual(expected);
  expect(editTags(once, { add, remove })).toEqual(expected);
});
