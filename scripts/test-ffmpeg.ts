/**
 * `npm run test:ffmpeg`: the transcoder's tests with every ffmpeg on this computer: `npm` (from the npm packages),
 * `PATH`, and `image` (from the container image, if docker, podman or buildah can build it here).
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { readCommandLine } from "./command-line.ts";
import { BIN, ROOT } from "./dev/settings.ts";
import { type FfmpegBuild, findFfmpegBuilds } from "./image/ffmpeg-builds.ts";

interface Outcome {
  name: string;
  version: string;
  passed: number;
  failed: number;
  skipped: number;
  seconds: number;
  /** Names of the tests that failed or were skipped, each with its outcome. */
  exceptions: string[];
}

/** The part of vitest's JSON report that this needs. */
const Report = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  success: z.boolean(),
  testResults: z.array(
    z.object({ assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })) }),
  ),
});

const USAGE = `Usage: npm run test:ffmpeg -- [--only NAMES] [FILE …]
Runs the transcoder's tests with every ffmpeg on this computer, and prints a table.

  --only npm,PATH,image   which ffmpegs: of the npm packages, of PATH, of the container image
  FILE …                  only tests of these files`;

const { values, positionals } = readCommandLine(USAGE, {
  allowPositionals: true,
  options: { only: { type: "string" } },
});

async function runTests(
  { name, version, tools }: FfmpegBuild,
  reportFolder: string,
): Promise<Outcome> {
  console.log(`\n== ${name}: ffmpeg ${version} (${tools.ffmpeg})`);
  const report = join(reportFolder, `${name}.json`);
  const started = Date.now();
  const child = spawn(
    join(BIN, "vitest"),
    [
      ...["run", "--project", "ffmpeg", "--reporter=default", "--reporter=json"],
      ...[`--outputFile.json=${report}`, ...positionals],
    ],
    {
      cwd: ROOT,
      stdio: "inherit",
      env: { ...process.env, FFMPEG_PATH: tools.ffmpeg, FFPROBE_PATH: tools.ffprobe },
    },
  );
  await once(child, "exit");
  const { numPassedTests, numFailedTests, numPendingTests, success, testResults } = Report.parse(
    JSON.parse(await readFile(report, "utf8")),
  );
  const all = testResults.flatMap(({ assertionResults }) => assertionResults);
  return {
    name,
    version,
    passed: numPassedTests,
    // A file that cannot be loaded has no failed test.
    failed: success ? 0 : Math.max(1, numFailedTests),
    skipped: numPendingTests,
    seconds: Math.round((Date.now() - started) / 1000),
    exceptions: all
      .filter(({ status }) => status !== "passed")
      .map(({ status, fullName }) => `${status}: ${fullName.trim()}`),
  };
}

const folder = await mkdtemp(join(tmpdir(), "kinora-test-ffmpeg-"));
try {
  const builds = await findFfmpegBuilds({ only: values.only?.split(","), paths: [], folder });
  const outcomes: Outcome[] = [];
  for (const build of builds) outcomes.push(await runTests(build, folder));
  console.log("\nffmpeg   version                  passed   failed  skipped  seconds");
  for (const one of outcomes)
    console.log(
      one.name.padEnd(9) +
        one.version.padEnd(22) +
        [one.passed, one.failed, one.skipped, one.seconds]
          .map((value) => String(value).padStart(9))
          .join(""),
    );
  for (const { name, exceptions } of outcomes)
    for (const exception of exceptions) console.log(`${name} ${exception}`);
  const isRight = outcomes.every(({ failed, passed }) => failed === 0 && passed > 0);
  process.exitCode = outcomes.length > 0 && isRight ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
