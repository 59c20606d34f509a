import { expect, test } from "vitest";
import { encodeBudgetMs, nextMidnight, utcDay } from "./encode-budget.ts";

test.each([
  ["6000", 360_000_000],
  ["0", null],
  ["", null],
])("a budget of %j minutes per day", (ENCODE_MINUTES_PER_DAY, milliseconds) => {
  expect(encodeBudgetMs({ ENCODE_MINUTES_PER_DAY })).toBe(milliseconds);
});

test("a day ends at midnight UTC", () => {
  const evening = Date.UTC(2026, 11, 31, 23, 59, 59);
  const midnight = Date.UTC(2027, 0, 1);
  expect(nextMidnight(evening)).toBe(midnight);
  expect(nextMidnight(midnight)).toBe(Date.UTC(2027, 0, 2));
  expect(utcDay(midnight)).toBe(utcDay(evening) + 1);
});
