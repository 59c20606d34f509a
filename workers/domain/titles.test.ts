import { expect, test } from "vitest";
import { titleFromFilename } from "./titles.ts";

test.each([
  ["My_holiday.2024.mp4", "My holiday 2024"],
  ["summer_in_the-city.final.mp4", "summer in the city final"],
  ["Noah.mkv", "Noah"],
  ["C:\\videos\\a-b.mkv", "a b"],
  [".mp4", ".mp4"],
  ["a\u0000b\r\n\u202egpm.mp4", "a b   gpm"],
  ["\u200b\u2060.mp4", "Untitled"],
])("the file name %s suggests the title %s", (filename, title) => {
  expect(titleFromFilename(filename)).toBe(title);
});

test("a suggested title never exceeds the title limit", () => {
  expect(titleFromFilename(`${"x".repeat(300)}.mp4`)).toHaveLength(200);
  expect(titleFromFilename(`${"x".repeat(199)}😀y.mp4`)).toBe("x".repeat(199));
});
