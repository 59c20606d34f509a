import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../dev/settings.ts";

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const documents = globSync(["*.md", "docs/**/*.md"], { cwd: ROOT });
const decisions = documents.filter((path) => /decisions\/\d{3}-/.test(path));
const index = read("docs/decisions/README.md");

test.for(decisions)("%s has its sections and its row in the index", (path) => {
  const text = read(path);
  const [, number, title] = /^# (\d{3}) (.+)$/m.exec(text) ?? [];
  const sections = Array.from(text.matchAll(/^## (.+)$/gm), (match) => match[1]);
  expect(basename(path).startsWith(`${number}-`)).toBe(true);
  expect(sections).toEqual(["Context", "Decision", "Consequences"]);
  expect(text.split("\n").length).toBeLessThanOrEqual(65);
  const status = /^- Status: (.+)$/m.exec(text)?.[1];
  const date = /^- Date: (\d{4}-\d{2}-\d{2})$/m.exec(text)?.[1];
  const row = index.split("\n").find((line) => line.startsWith(`| ${number} `));
  const cells = row?.split("|").map((cell) => cell.trim());
  expect(cells?.slice(1, 5)).toEqual([number, `[${title}](${basename(path)})`, status, date]);
});

test.for(documents)("every relative link in %s leads to a file", (path) => {
  const links = Array.from(read(path).matchAll(/\]\((?!https?:|#|NNN)([^)#\s]+)/g), (m) => m[1]!);
  expect(links.filter((link) => !existsSync(join(ROOT, dirname(path), link)))).toEqual([]);
});

/** Documents about the product as it is. Decisions may name files that are gone, and style.md names other projects' files. */
const current = documents.filter(
  (path) =>
    !/decisions\/\d{3}-|CHANGELOG|docs\/style/.test(path) && !path.startsWith("node_modules"),
);
const TOP_FOLDERS = "workers|web|containers|scripts|tests|docs|benchmarks|migrations";
const NAMED_PATH = new RegExp(String.raw`\`((?:${TOP_FOLDERS})/[\w./[\]-]+)\``, "g");

test.for(current)("every path and every npm command that %s names exists", (path) => {
  const text = read(path);
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const paths = Array.from(text.matchAll(NAMED_PATH), ([, name]) => name!);
  expect(paths.filter((name) => !existsSync(join(ROOT, name)))).toEqual([]);
  const commands = Array.from(
    text.matchAll(/npm run (?:--silent )?([\w:-]+)/g),
    ([, name]) => name!,
  );
  expect(commands.filter((name) => !(name in scripts))).toEqual([]);
});
