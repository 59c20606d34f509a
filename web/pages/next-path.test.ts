import { expect, test } from "vitest";
import { nextPath } from "./next-path.ts";

test.each(["/", "/studio", "/watch/x?t=30", "/search?q=a%20b"])(
  "signing in continues to %s",
  (next) => {
    expect(nextPath({ next })).toBe(next);
  },
);

test.each([
  "https://evil.example/",
  "//evil.example",
  "/\\evil.example",
  "/.//evil.example",
  "/..//evil.example",
  "/x/..//evil.example",
  "/\t/evil.example",
  "//",
  "/.//",
  "javascript:alert(1)",
  "evil",
  "",
])("signing in with next=%j never leaves the site", (next) => {
  expect(nextPath({ next })).toBe("/");
});
