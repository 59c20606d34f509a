import { expect, test } from "vitest";
import { recall, remember } from "./page-memory.ts";

test("each history entry has its own data, and only the latest entries keep it", () => {
  remember("a", "feed", 1);
  remember("b", "feed", 2);
  remember("a", "related", 3);
  expect([recall("a", "feed"), recall("b", "feed"), recall("a", "related")]).toEqual([1, 2, 3]);
  expect(recall("b", "related")).toBeUndefined();
  for (let entry = 0; entry < 19; entry += 1) remember(`later ${entry}`, "feed", entry);
  expect([recall("b", "feed"), recall("a", "feed")]).toEqual([undefined, 1]);
});
