import { expect, test } from "vitest";
import { readEmbedOptions } from "./embed-options.ts";

test("an address without parameters waits for a click and shows everything", () => {
  expect(readEmbedOptions({})).toEqual({
    autoplay: false,
    muted: false,
    loop: false,
    start: null,
    end: null,
    chapters: true,
    colour: null,
  });
});

test("parameters set what they name", () => {
  const query = { autoplay: "1", muted: "true", loop: "1", start: "1m", end: "90", chapters: "0" };
  expect(readEmbedOptions({ ...query, color: "0af" })).toEqual({
    autoplay: true,
    muted: true,
    loop: true,
    start: 60,
    end: 90,
    chapters: false,
    colour: "#0af",
  });
});

test.each([
  [
    { start: "60", end: "30" },
    { start: 60, end: null },
  ],
  [{ color: "red;background:url(x)" }, { colour: null }],
  [{ autoplay: "yes" }, { autoplay: false }],
  [{ t: "42s" }, { start: 42 }],
])("%o is read as %o", (query, expected) => {
  expect(readEmbedOptions(query)).toMatchObject(expected);
});
