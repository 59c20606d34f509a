import { expect, test } from "vitest";
import { EMPTY_DRAFT, loadDraft, parseList, patchOf } from "./upload-draft.ts";

test("tags are trimmed, and duplicates removed", () => {
  expect(parseList("dogs, Dogs , ,cats")).toEqual(["dogs", "cats"]);
  expect(parseList("")).toEqual([]);
});

test("missing fields of a stored draft get their defaults, and unreadable storage is ignored", () => {
  expect(loadDraft({ getItem: () => '{"title":"A"}' })).toEqual({ ...EMPTY_DRAFT, title: "A" });
  expect(loadDraft({ getItem: () => "nonsense" })).toEqual(EMPTY_DRAFT);
});

test("a draft without a language is sent as null", () => {
  expect(patchOf({ ...EMPTY_DRAFT, title: " A " })).toMatchObject({
    title: "A",
    language: null,
    tags: [],
    people: [],
  });
});
