import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { pagesRedirects, SITE_PATHS } from "./site-paths.ts";

test("the server knows exactly the addresses of the routers' pages", () => {
  const source = ["app.tsx", "embed-app.tsx"]
    .map((file) => readFileSync(new URL(file, import.meta.url), "utf8"))
    .join("");
  const routes = Array.from(source.matchAll(/<Route path="([^"]+)"/g), ([, path]) => path);
  expect(new Set(SITE_PATHS)).toEqual(new Set(routes));
});

test("a page has an address with and without a trailing slash, and each settings section has its own", () => {
  const lines = pagesRedirects().split("\n");
  expect(lines.filter((line) => line.startsWith("/settings")).slice(0, 4)).toEqual([
    "/settings / 200",
    "/settings/ / 200",
    "/settings/security / 200",
    "/settings/security/ / 200",
  ]);
  expect(lines).toContain("/studio/:id/access / 200");
  expect(lines.join()).not.toContain(":section");
  expect(lines).not.toContain("/ / 200");
  const isOpen = lines.map((line) => line.includes(":"));
  expect(isOpen.indexOf(true)).toBeGreaterThan(lines.indexOf("/settings/keys/ / 200"));
});
