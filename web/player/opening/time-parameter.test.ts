import { expect, test } from "vitest";
import { formatTime, parseTime, timeOfAddress } from "./time-parameter.ts";

test.each([
  ["42", 42],
  ["42s", 42],
  ["1m30s", 90],
  ["1M30S", 90],
  ["2m", 120],
  ["1h2m3s", 3723],
  ["1:30", 90],
  ["1:02:03", 3723],
  ["12.5", 12.5],
  ["0", 0],
])("t=%s is %d seconds", (text, seconds) => {
  expect(parseTime(text)).toBe(seconds);
});

test.each(["", "-5", "soon", "1e9", "NaN", "h2", "5m5m", "::", "9".repeat(40)])(
  "t=%s is no time",
  (text) => {
    expect(parseTime(text)).toBeNull();
  },
);

test("an address may name its time as parameter or fragment", () => {
  expect(timeOfAddress(undefined, "#t=42")).toBe(42);
  expect(timeOfAddress("1m", "#t=42")).toBe(60);
  expect(timeOfAddress(undefined, "#comments")).toBeNull();
});

test.each([5, 65, 3605, 3723])("a written time of %d seconds is read again", (seconds) => {
  expect(parseTime(formatTime(seconds))).toBe(seconds);
});
