import { expect, test } from "vitest";
import { aloneIn, chartValue } from "./chart-values.ts";

test.each([
  ["seconds", 0, "0s"],
  ["seconds", 0.00787, "7.87ms"],
  ["seconds", 0.4512, "451ms"],
  ["seconds", 22.7, "22.7s"],
  ["seconds", 119, "119s"],
  ["seconds", 300, "5m"],
  ["seconds", 93_600, "26h"],
  ["seconds", 172_800, "2d"],
  ["bytes", 8_000_000_000, "8.0 GB"],
  ["percent", 0.0341, "3.41%"],
  ["count", 1234, "1.23K"],
  ["count", null, "–"],
] as const)("%s: %s is %s", (unit, value, text) => expect(chartValue(unit, value)).toBe(text));

test("values between gaps are found, also at both ends", () => {
  expect(aloneIn([1, null, 2, 3, null, 0, undefined, 4])).toEqual([0, 5, 7]);
  expect(aloneIn([null, 1, 2])).toEqual([]);
});
