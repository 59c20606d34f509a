import { expect, test } from "vitest";
import { BulkEdit } from "../../workers/contract/bulk-edit.ts";
import { newId } from "../../workers/domain/id.ts";
import { BULK_ACTIONS, editOf, FIRST_VALUES } from "./bulk-action.ts";

const filled = { ...FIRST_VALUES, tags: "sea, Sea, boats", playlistId: "a".repeat(34) };

test.each(BULK_ACTIONS)("%s is an edit that the API accepts", (action) => {
  const edit = editOf(action, filled);
  expect(BulkEdit.parse({ ids: [newId()], edit }).edit).toEqual(edit);
});

test("empty fields are not sent", () => {
  expect(BULK_ACTIONS.filter((action) => editOf(action, FIRST_VALUES) === null)).toEqual([
    "addTags",
    "removeTags",
    "playlist",
  ]);
  expect(editOf("addTags", filled)).toMatchObject({ add: ["sea", "boats"] });
  expect(editOf("language", FIRST_VALUES)).toEqual({ kind: "change", language: null });
});
