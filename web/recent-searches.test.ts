import { beforeEach, expect, test } from "vitest";
import { forgetSearch, recentSearches, rememberSearch } from "./recent-searches.ts";

let stored: Record<string, string>;
beforeEach(() => {
  stored = {};
  Object.defineProperty(globalThis, "localStorage", {
    configurable: true,
    value: {
      getItem: (key: string) => stored[key] ?? null,
      setItem: (key: string, value: string) => (stored[key] = value),
    },
  });
});

test("recent searches are listed newest first, once each, and the oldest are dropped", () => {
  for (const text of ["boats", "gulls", "  Boats ", " "]) rememberSearch(text);
  expect(recentSearches()).toEqual(["Boats", "gulls"]);
  for (let i = 0; i < 20; i++) rememberSearch(`search ${i}`);
  expect(recentSearches()).toHaveLength(8);
  expect(recentSearches()[0]).toBe("search 19");
});

test("a recent search can be removed", () => {
  for (const text of ["boats", "gulls"]) rememberSearch(text);
  forgetSearch("BOATS");
  expect(recentSearches()).toEqual(["gulls"]);
});

test.each(["{", "null", "3", '[1,"x"]'])("invalid stored data is ignored: %s", (value) => {
  stored["kinora.searches"] = value;
  expect(recentSearches().every((text) => typeof text === "string")).toBe(true);
});
