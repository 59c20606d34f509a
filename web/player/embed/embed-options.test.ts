import { expect, test } from "vitest";
import { readEmbedLook, readEmbedOptions } from "./embed-options.ts";

test("an address without parameters waits for a click and shows everything", () => {
  expect(readEmbedOptions({})).toEqual({
    autoplay: false,
    muted: false,
    loop: false,
    start: null,
    end: null,
    chapters: true,
  });
});

test("each parameter sets the option that it names", () => {
  const query = { autoplay: "1", muted: "true", loop: "1", start: "1m", end: "90", chapters: "0" };
  expect(readEmbedOptions(query)).toEqual({
    autoplay: true,
    muted: true,
    loop: true,
    start: 60,
    end: 90,
    chapters: false,
  });
});

test.each([
  [
    { start: "60", end: "30" },
    { start: 60, end: null },
  ],
  [{ autoplay: "yes" }, { autoplay: false }],
  [{ t: "42s" }, { start: 42 }],
])("%o is read as %o", (query, expected) => {
  expect(readEmbedOptions(query)).toMatchObject(expected);
});

test.each([
  [{}, { theme: "dark", colour: null, background: null }],
  [
    { theme: "light", color: "0af", background: "#FFEEDD" },
    { theme: "light", colour: "#0af", background: "#FFEEDD" },
  ],
  [{ theme: "auto" }, { theme: "auto" }],
  [
    { theme: "constructor", color: "red;background:url(x)", background: "12" },
    { theme: "dark", colour: null, background: null },
  ],
  // As a page might send the options.
  [
    { theme: 5, color: null },
    { theme: "dark", colour: null },
  ],
])("the look %o is read as %o", (query, expected) => {
  expect(readEmbedLook(query)).toMatchObject(expected);
});
