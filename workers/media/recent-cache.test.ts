import { expect, test } from "vitest";
import { RecentCache } from "./recent-cache.ts";

test("an entry that is used stays cached, however many others come and go", () => {
  const cache = new RecentCache<number>(10);
  cache.set("used", 1);
  for (let index = 0; index < 1000; index++) {
    cache.set(`other-${index}`, index);
    expect(cache.get("used")).toBe(1);
  }
});

test.each([
  [10, 1],
  [20, undefined],
])("an entry that is unused while %i others are added is then %s", (others, expected) => {
  const cache = new RecentCache<number>(10);
  cache.set("unused", 1);
  for (let index = 0; index < others; index++) cache.set(`other-${index}`, index);
  expect(cache.get("unused")).toBe(expected);
});
