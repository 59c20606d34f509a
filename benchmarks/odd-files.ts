import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCommandLine } from "../scripts/command-line.ts";
import { findFfmpegBuilds } from "../scripts/image/ffmpeg-builds.ts";
import { type Bench, startBench } from "../tests/support/transcoder/bench.ts";
import {
  encodePlanned,
  LOWEST,
  planSource,
  SETTINGS,
} from "../tests/support/transcoder/pipeline.ts";
import { oddFaults } from "./odd-checks.ts";

/**
 * `npm run test:odd`: transcodes odd source files from public bug reports with every ffmpeg that is found: `npm` (the
 * packaged one), `PATH`, `image` (from the container image, if it can be built here), and those of `--ffmpeg` (with
 * ffprobe beside each). `--builds` selects some of them. `--files` is the folder of the files, by default the
 * environment's ODD_FILES; `--only` selects some files.
 */
const { values: options } = readCommandLine(
  "Usage: npm run test:odd -- --files FOLDER [--only NAME] [--builds NAMES] [--ffmpeg PATH]",
  {
    options: {
      files: { type: "string" },
      only: { type: "string" },
      builds: { type: "string" },
      ffmpeg: { type: "string", multiple: true, default: [] },
    },
  },
);

const folder = options.files ?? process.env["ODD_FILES"];
if (folder === undefined)
  throw new Error("Name the folder with the files: npm run test:odd -- --files FOLDER");

const programs = await mkdtemp(join(tmpdir(), "kinora-odd-"));
const builds = await findFfmpegBuilds({
  only: options.builds?.split(","),
  paths: options.ffmpeg,
  folder: programs,
});

/** What is wrong with a file in one build: the failure's code, or faults of the result. */
async function faultsOf(bench: Bench, name: string): Promise<string[]> {
  const file = join(folder ?? "", name);
  bench.storage.link(name, file);
  try {
    const planned = await planSource(bench.runner, bench.storage, name, {
      ...SETTINGS,
      segmentSeconds: 1,
      loudness: false,
    });
    const done = await encodePlanned(bench.runner, bench.storage, planned, LOWEST);
    if (done.type === "failed") return [`${done.task}: ${done.code}`];
    return await oddFaults(bench, name, file, done);
  } catch (error) {
    return [String(error)];
  }
}

const only = options.only?.split(",");
const names = (await readdir(folder))
  .filter((name) => !name.endsWith(".md") && (only?.includes(name) ?? true))
  .toSorted();
const wrong = new Map<string, number>();
console.log(
  `${"".padEnd(28)}${builds.map(({ name, version }) => `${name} ${version}`.padEnd(22)).join("")}`,
);
const benches: Bench[] = [];
for (const { tools } of builds) benches.push(await startBench({ tools }));
// The transcoder's log is for operators.
const log = console.log;
for (const name of names) {
  console.log = () => undefined;
  const results = await Promise.all(benches.map((bench) => faultsOf(bench, name)));
  console.log = log;
  results.forEach((faults, index) => {
    const build = builds[index]?.name ?? "";
    if (faults.length > 0) wrong.set(build, (wrong.get(build) ?? 0) + 1);
  });
  const cells = results.map((faults) => (faults.length === 0 ? "right" : "WRONG").padEnd(22));
  console.log(`${name.padEnd(28)}${cells.join("")}`);
  results.forEach((faults, index) => {
    for (const fault of faults) console.log(`    ${builds[index]?.name}: ${fault}`);
  });
}
for (const bench of benches) await bench[Symbol.asyncDispose]();
await rm(programs, { recursive: true });

const figures = Object.fromEntries(
  builds.map((build) => [build.name, names.length - (wrong.get(build.name) ?? 0)]),
);
const aims = Object.fromEntries(builds.map((build) => [build.name, names.length]));
const met = names.length > 0 && wrong.size === 0;
console.log(JSON.stringify({ name: "odd-files", figures, aims, met }));
process.exitCode = met ? 0 : 1;
