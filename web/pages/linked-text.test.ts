import { expect, test } from "vitest";
import { linkedParts } from "./linked-text.ts";

test("addresses become links without surrounding punctuation, and times seek", () => {
  const text = "See (https://example.com/a?b=1), then 1:05.\n0:00 Start";
  expect(linkedParts(text, 90)).toEqual([
    { kind: "text", text: "See (" },
    { kind: "link", text: "https://example.com/a?b=1", href: "https://example.com/a?b=1" },
    { kind: "text", text: "), then " },
    { kind: "time", text: "1:05", seconds: 65 },
    { kind: "text", text: ".\n" },
    { kind: "time", text: "0:00", seconds: 0 },
    { kind: "text", text: " Start" },
  ]);
});

test.each([
  ["https://example.org/wiki/Storm_(novel)", "."],
  ["https://example.org/storm", ")."],
])("%s is one link before %s", (href, rest) => {
  expect(linkedParts(`See (${href}${rest}`, null).slice(1)).toEqual([
    { kind: "link", text: href, href },
    { kind: "text", text: rest },
  ]);
});

test.each([
  "javascript:alert(1)",
  "It was 12:30 on a long day",
  "version 1.2:30 and 1:2:3:45",
  "https://",
  "no links",
])("%s stays text", (text) => {
  expect(linkedParts(text, 300).map(({ kind }) => kind)).toEqual(["text"]);
});

test("the parts together make up the whole text", () => {
  const text = "a 0:10 http://x.example/, b http://y.example 99:59";
  expect(
    linkedParts(text, 60)
      .map((part) => part.text)
      .join(""),
  ).toBe(text);
});
