import { expect, test } from "vitest";
import { EMPTY_DRAFT } from "../upload-draft.ts";
import { keepChanges, keptChanges } from "./kept-changes.ts";
import type { VideoChanges } from "./video-changes.ts";

const saved: VideoChanges = {
  details: { ...EMPTY_DRAFT, title: "Harbour" },
  rules: { countryRule: "all", countries: "", embedding: "anywhere", origins: "" },
  downloadsEnabled: false,
  encrypted: false,
  alwaysEncode: false,
  publishAt: "",
  unpublishAt: "",
  premiere: false,
};
const withTitle = (title: string): VideoChanges => ({
  ...saved,
  details: { ...saved.details, title },
});

function memory() {
  const items = new Map<string, string>();
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
}

test("unsaved changes of one video survive a reload unless it was saved elsewhere", () => {
  const storage = memory();
  const changes = { saved, draft: withTitle("Harbour at night"), chapters: null };
  keepChanges("a", changes, storage);
  expect(keptChanges("a", saved, storage)).toEqual(changes);
  expect(keptChanges("b", saved, storage)).toBeNull();
  expect(keptChanges("a", withTitle("Saved on another device"), storage)).toBeNull();
  keepChanges("a", null, storage);
  expect(keptChanges("a", saved, storage)).toBeNull();
});
