/**
 * `npm run release`: gives this commit a version. It takes the bump from the Conventional Commits since the last tag,
 * moves the notes under Unreleased in CHANGELOG.md into a new section together with those commits, then commits and
 * tags. It pushes nothing.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { readCommandLine } from "./command-line.ts";
import { addSection, sectionBody } from "./release/changelog.ts";
import { bumpOf, nextVersion, readChange } from "./release/commits.ts";

const USAGE = `Usage: npm run release -- [patch | minor | major | x.y.z] [--dry-run]
Gives this commit a version: CHANGELOG.md, package.json, a commit and a tag. It pushes nothing.

  patch …     which; without it, it follows from the commits since the last tag
  --dry-run   print the section of the changelog, change nothing`;

/** The log of the whole history, before the first tag. */
const MAX_OUTPUT_BYTES = 64 * 1024 ** 2;

const run = (command: string, args: string[]): string =>
  execFileSync(command, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: MAX_OUTPUT_BYTES,
  }).trim();

/** The newest version tag that this commit contains; null before the first. */
function lastTag(): string | null {
  return (
    run("git", ["tag", "--merged", "HEAD", "--list", "v*", "--sort=-v:refname"]).split("\n")[0] ||
    null
  );
}

function main(): void {
  const { values, positionals } = readCommandLine(USAGE, {
    allowPositionals: true,
    options: { "dry-run": { type: "boolean", default: false } },
  });
  if (!values["dry-run"] && run("git", ["status", "--porcelain"]) !== "")
    throw new Error("The working tree has changes: commit or stash them first.");

  const { version: current } = JSON.parse(readFileSync("package.json", "utf8")) as {
    version: string;
  };
  const tag = lastTag();
  const range = tag ? `${tag}..HEAD` : "HEAD";
  const changes = run("git", ["log", "--no-merges", "--format=%B%x00", range])
    .split("\0")
    .flatMap((message) => readChange(message.trim()) ?? []);
  const changelog = readFileSync("CHANGELOG.md", "utf8");
  const body = sectionBody(changelog, changes);
  if (body === "")
    throw new Error(`There is nothing to release since ${tag ?? "the first commit"}.`);

  const version = nextVersion(current, positionals[0] ?? bumpOf(changes, current));
  const date = new Date().toISOString().slice(0, 10);
  console.log(`## ${version} - ${date}\n\n${body}\n`);
  if (values["dry-run"]) return;

  writeFileSync("CHANGELOG.md", addSection(changelog, version, date, changes));
  run("npm", ["version", version, "--no-git-tag-version"]);
  run("git", ["add", "CHANGELOG.md", "package.json", "package-lock.json"]);
  run("git", ["commit", "--message", `chore(release): v${version}`]);
  run("git", ["tag", "--annotate", `v${version}`, "--message", `v${version}`]);
  console.log(`Tagged v${version}. Publish it: git push --follow-tags`);
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
