import { expect, test } from "vitest";
import { accentProperties, isReadableAccent } from "./accent.ts";

test.each([
  ["#ff4f1f", true],
  ["#ffd400", true],
  ["#4fc3f7", true],
  ["#1a2b7c", false],
  ["#000000", false],
])("dark text on %s is readable: %s", (accent, isReadable) => {
  expect(isReadableAccent(accent)).toBe(isReadable);
});

test("accent-coloured text is darkened on a light background and lightened on a dark one where contrast requires it", () => {
  expect(accentProperties("#ffd400")).toMatchObject({
    "--signal": "#ffd400",
    "--signal-text": expect.stringMatching(/^light-dark\(#[0-7]\w{5}, #ffd400\)$/) as string,
  });
  expect(accentProperties("#4fc3f7")["--signal-text"]).not.toContain("light-dark(#4fc3f7");
});
