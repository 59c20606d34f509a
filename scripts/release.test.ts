import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

let folder: string;
const git = (...args: string[]): string =>
  execFileSync("git", args, { cwd: folder, encoding: "utf8" }).trim();
const read = (name: string): string => readFileSync(join(folder, name), "utf8");

function commit(message: string): void {
  git("commit", "--allow-empty", "--message", message);
}

function release(...args: string[]): { status: number | null; output: string } {
  const script = join(import.meta.dirname, "release.ts");
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, output: stdout + stderr };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kinora-release-"));
  const manifest = JSON.stringify({ name: "example", version: "0.1.0" });
  writeFileSync(join(folder, "package.json"), manifest);
  writeFileSync(join(folder, "package-lock.json"), manifest);
  writeFileSync(
    join(folder, "CHANGELOG.md"),
    "# Changelog\n\n## [Unreleased]\n\n### Changed\n\n- By hand.\n",
  );
  git("init", "--quiet", "--initial-branch", "main");
  git("config", "user.name", "Nora Vale");
  git("config", "user.email", "nora@example.com");
  git("add", ".");
  commit("feat: everything");
  git("tag", "v0.1.0");
});
afterEach(() => rmSync(folder, { recursive: true }));

test("commits since the last tag become a version, a section and a tag", () => {
  commit("fix(player): no stall at the end");
  commit("docs: spelling");
  const { status, output } = release();
  expect(output).toContain("Tagged v0.1.1");
  expect(status).toBe(0);
  const today = new Date().toISOString().slice(0, 10);
  expect(read("CHANGELOG.md")).toBe(
    `# Changelog\n\n## [Unreleased]\n\n## 0.1.1 - ${today}\n\n### Changed\n\n- By hand.\n\n### Fixed\n\n- **player**: no stall at the end\n`,
  );
  expect(JSON.parse(read("package.json"))).toMatchObject({ version: "0.1.1" });
  expect(JSON.parse(read("package-lock.json"))).toMatchObject({ version: "0.1.1" });
  expect(git("status", "--porcelain")).toBe("");
  expect(git("log", "-1", "--format=%s")).toBe("chore(release): v0.1.1");
  expect(git("rev-parse", "v0.1.1^{commit}")).toBe(git("rev-parse", "HEAD"));

  const again = release();
  expect(again.output).toContain("nothing to release since v0.1.1");
  expect(again.status).toBe(1);
});

test("a dry run shows the section and changes nothing", () => {
  commit("feat!: another vocabulary");
  const before = git("rev-parse", "HEAD");
  const { status, output } = release("--dry-run");
  expect(status).toBe(0);
  expect(output).toContain("## 0.2.0 - ");
  expect(output).toContain("- Breaking: another vocabulary");
  expect(git("rev-parse", "HEAD")).toBe(before);
  expect(git("status", "--porcelain")).toBe("");
  expect(git("tag")).toBe("v0.1.0");
});

test("the bump or the version can be given", () => {
  expect(release("major", "--dry-run").output).toContain("## 1.0.0 - ");
  expect(release("3.2.1").output).toContain("Tagged v3.2.1");
});

test("uncommitted changes stop a release", () => {
  writeFileSync(join(folder, "note.txt"), "");
  const { status, output } = release();
  expect(output).toContain("commit or stash");
  expect(status).toBe(1);
  expect(git("tag")).toBe("v0.1.0");
});
