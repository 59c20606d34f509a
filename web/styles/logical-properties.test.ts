import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const WEB = fileURLToPath(new URL("..", import.meta.url));
/**
 * Files in which physical sides are intended: the player is the same in every language, and the text of a search field
 * has its own direction, so the page's direction is used.
 */
const EXCEPTIONS = [/^player\//, /search-field/, /\[dir="rtl"\]/];

/** Whether a declaration names a side of the screen: by its property, its value, or four values that differ in the sides. */
function namesSide(property: string, value: string): boolean {
  if (/^(?:(?:margin|padding|border|inset)-)?(?:left|right)\b/.test(property)) return true;
  if (/^(?:text-align|float|clear|transform-origin)$/.test(property))
    return /\b(?:left|right)\b/.test(value);
  if (!/^(?:margin|padding|inset)$/.test(property)) return false;
  const [, right, , left] = value.match(/(?:[^\s(]|\((?:[^()]|\([^()]*\))*\))+/g) ?? [];
  return left !== undefined && left !== right;
}

/** The declarations of a formatted style sheet that name a side. */
function sidesIn(file: string): string[] {
  let selector = "";
  return readFileSync(`${WEB}/${file}`, "utf8")
    .split("\n")
    .flatMap((line) => {
      if (line.endsWith("{")) selector = line;
      const [, property, value] = /^\s+([\w-]+): (.+);$/.exec(line) ?? [];
      if (property === undefined || value === undefined || !namesSide(property, value)) return [];
      const where = `${file} ${selector.trim()} ${property}: ${value}`;
      return EXCEPTIONS.some((exception) => exception.test(where)) ? [] : [where];
    });
}

test("style sheets use start and end, so that pages are mirrored in right-to-left languages", () => {
  const files = globSync("**/*.css", { cwd: WEB, exclude: ["node_modules/**", "dist/**"] });
  expect(files.length).toBeGreaterThan(20);
  expect(files.flatMap(sidesIn)).toEqual([]);
});
