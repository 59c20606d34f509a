import { expect, test } from "vitest";
import { readPreferences } from "./preferences.ts";

const stored = (text: string | null) => readPreferences({ getItem: () => text });

test("a browser without valid stored preferences uses the defaults", () => {
  const defaults = stored(null);
  expect(defaults).toMatchObject({ rate: 1, captions: false, captionSize: "medium" });
  for (const text of ["", "nonsense", "null", "7", '{"rate":"fast","captionSize":"__proto__"}'])
    expect(stored(text)).toEqual(defaults);
});

test("only known preferences are kept", () => {
  const text = JSON.stringify({ rate: 1.5, captionSize: "huge", captionColour: "plaid", more: 1 });
  const preferences = stored(text);
  expect(preferences).toMatchObject({ rate: 1.5, captionSize: "huge", captionColour: "white" });
  expect(preferences).not.toHaveProperty("more");
  expect(stored('{"rate":90}').rate).toBe(1);
});
