import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ALERT_NAMES } from "../../workers/contract/alert-names.ts";
import { ROOT } from "../dev/settings.ts";

const PAGE = readFileSync(join(ROOT, "docs/reliability.md"), "utf8");

test("every test and program that the fault matrix names exists", () => {
  const files = [...PAGE.matchAll(/`([\w/.-]+\.(?:test\.tsx?|ts))`/g)].map(([, path]) => path!);
  expect(files.length).toBeGreaterThan(20);
  expect(files.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test("every row of the fault matrix says what happens, how long it takes, and which test shows it", () => {
  const rows = PAGE.split("\n").filter(
    (line) => line.startsWith("|") && !/^\| (fault |-)/.test(line),
  );
  const cells = rows.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  expect(
    rows.filter((_row, index) => cells[index]!.length !== 4 || cells[index]!.includes("")),
  ).toEqual([]);
});

test("the runbook has a section for every alert that messages link to", () => {
  const runbook = readFileSync(join(ROOT, "docs/runbook.md"), "utf8");
  const sections = Array.from(runbook.matchAll(/^## (.+)$/gm), ([, title]) => title);
  expect(sections).toEqual(expect.arrayContaining([...ALERT_NAMES]));
});
