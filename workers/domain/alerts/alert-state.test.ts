import { expect, test } from "vitest";
import { type Alert, nextAlert } from "./alert-state.ts";

const MINUTE_MS = 60_000;

/** The states of an alert that fires above 10 for two minutes, a minute apart. */
function statesOf(values: readonly (number | null)[]): (string | undefined)[] {
  let alert: Alert | null = null;
  return values.map((value, minute) => {
    alert = nextAlert(alert, value, 10, 2, minute * MINUTE_MS);
    return alert?.state;
  });
}

test("an alert fires once its condition has lasted long enough, and is resolved when it ends", () => {
  expect(statesOf([1, 11, 12, 13, 14, 9, 9])).toEqual([
    undefined,
    "pending",
    "pending",
    "firing",
    "firing",
    "resolved",
    "resolved",
  ]);
});

test("a condition that ends before that fires no alert", () => {
  expect(statesOf([11, 11, 10, 11, 11, null])).toEqual([
    "pending",
    "pending",
    undefined,
    "pending",
    "pending",
    undefined,
  ]);
});

test("a condition that returns has to last the full time again", () => {
  expect(statesOf([11, 11, 11, null, 11, 11, 11])).toEqual([
    "pending",
    "pending",
    "firing",
    "resolved",
    "pending",
    "pending",
    "firing",
  ]);
});
