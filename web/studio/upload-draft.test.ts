import { expect, test } from "vitest";
import { draftErrors, EMPTY_DRAFT, parseList, patchOf } from "./upload-draft.ts";

test("tags are trimmed, and duplicates removed", () => {
  expect(parseList("dogs, Dogs , ,cats")).toEqual(["dogs", "cats"]);
  expect(parseList("")).toEqual([]);
});

test("a draft without a language is sent as null", () => {
  expect(patchOf({ ...EMPTY_DRAFT, title: " A " })).toMatchObject({
    title: "A",
    language: null,
    tags: [],
    people: [],
  });
});

test("a title of invisible characters counts as missing", () => {
  for (const title of ["", "  ", "\u200b"])
    expect(draftErrors({ ...EMPTY_DRAFT, title })).toEqual({ title: "Enter a title." });
  expect(draftErrors({ ...EMPTY_DRAFT, title: "A" })).toEqual({});
});
