import { expect, test } from "vitest";
import { Recent } from "./recent.ts";

test("what is used stays, however many others come and go", () => {
  const recent = new Recent<number>(10);
  recent.set("used", 1);
  for (let index = 0; index < 1000; index++) {
    recent.set(`other-${index}`, index);
    expect(recent.get("used")).toBe(1);
  }
});

test.each([
  [10, 1],
  [20, undefined],
])("what is not used while %i others come is then %s", (others, expected) => {
  const recent = new Recent<number>(10);
  recent.set("unused", 1);
  for (let index = 0; index < others; index++) recent.set(`other-${index}`, index);
  expect(recent.get("unused")).toBe(expected);
});
