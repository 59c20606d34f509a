import { expect, test } from "vitest";
import { csvOf } from "./csv.ts";

test.each([
  '=HYPERLINK("https://evil.example","Ada")',
  "+1+1",
  "-2+3",
  "@SUM(A1)",
  "\t=1",
  "\r=1",
  "\n=1",
  "  =1",
  "＝1+1",
])("no spreadsheet takes %j for a formula", (text) => {
  const [field = ""] = csvOf([[text]]).split("\r\n", 1);
  const value = field.startsWith('"') ? field.slice(1) : field;
  expect(value.startsWith("'")).toBe(true);
});

test("numbers and other texts stay as they are, in quotes where they need them", () => {
  expect(
    csvOf([
      ["name", "change"],
      ['Ada "Q", Quay', -3],
      ["a=b", "2\n3"],
    ]),
  ).toBe('name,change\r\n"Ada ""Q"", Quay",-3\r\na=b,"2\n3"\r\n');
});
