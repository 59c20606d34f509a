import { expect, test } from "vitest";
import { EMPTY_DRAFT, loadDraft, parseList, patchOf } from "./upload-draft.ts";

test("tags are trimmed, and each is kept once", () => {
  expect(parseList("dogs, Dogs , ,cats")).toEqual(["dogs", "cats"]);
  expect(parseList("")).toEqual([]);
});

test("a draft from an older or broken storage is completed", () => {
  expect(loadDraft({ getItem: () => '{"title":"A"}' })).toEqual({ ...EMPTY_DRAFT, title: "A" });
  expect(loadDraft({ getItem: () => "nonsense" })).toEqual(EMPTY_DRAFT);
});

test("no language is null for the API", () => {
  expect(patchOf({ ...EMPTY_DRAFT, title: " A " })).toMatchObject({
    title: "A",
    language: null,
    tags: [],
    people: [],
  });
});
