import { expect, test } from "vitest";
import { readSearchParams } from "./search-params.ts";
import { searchTitle } from "./search-title.ts";

test.each([
  [{ q: "harbour ", category: "film" }, undefined, "“harbour”"],
  [{ category: "science" }, undefined, "Science & Technology"],
  [{ creator: "a", category: "film" }, "Nora Vale", "Videos by Nora Vale"],
  [{ creator: "a" }, undefined, "Search"],
  [{ creator: "a" }, "\u200b", "Search"],
  [{ tag: "sea" }, undefined, "#sea"],
  [{ q: "  " }, undefined, "Search"],
])("%o by %s is titled %s", (query, name, title) => {
  expect(searchTitle(readSearchParams(query as Record<string, string>), name)).toBe(title);
});
