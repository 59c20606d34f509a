import { expect, test } from "vitest";
import { nextPath } from "./next-path.ts";

test.each(["/", "/studio", "/watch/x?t=30", "/search?q=a%20b"])(
  "after signing in one goes on to %s",
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
])("a link that says %j leads nowhere else", (next) => {
  expect(nextPath({ next })).toBe("/");
});
