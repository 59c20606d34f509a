/**
 * `npm run check`: everything that a change must pass, one line per step. It stops at the first step that fails and
 * shows that step's output. A step that cannot run here prints NONE, which is not a pass; the end repeats it. `npm run
 * check -- lint types` runs only the named steps, `npm run check -- --static` all except the tests.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NotDone, readAudit } from "./check/audit.ts";
import { checkSiteSize, checkWorkerSize } from "./check/budgets.ts";
import { readCommandLine, refuseCommandLine } from "./command-line.ts";
import { ROOT } from "./dev/settings.ts";

const BIN = join(ROOT, "node_modules/.bin");

interface Step {
  name: string;
  /** Resolves with a short remark for the line; throws the output of a failure, or NotDone when it cannot tell. */
  run(): Promise<string>;
}

/** @throws Error with the whole output when the command fails */
async function command(program: string, args: string[], cwd = ROOT): Promise<string> {
  const child = spawn(program, args, {
    cwd,
    env: {
      ...process.env,
      PATH: `${BIN}:${process.env["PATH"] ?? ""}`,
      NO_COLOR: "1",
      WRANGLER_SEND_METRICS: "false",
      CI: "1",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => output.push(text));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(output.join(""));
  return output.join("");
}

/** A step that prints nothing when it passes. */
function quiet(name: string, program: string, args: string[]): Step {
  return {
    name,
    run: async () => {
      await command(program, args);
      return "";
    },
  };
}

/** A registry mirror may have no advisories: that neither passes nor fails the change. */
const audit: Step = {
  name: "audit",
  run: async () => {
    const report = await command("npm", ["audit", "--omit=dev", "--json"]).catch(
      (error: Error) => error.message,
    );
    return readAudit(report);
  },
};

async function withFolder(use: (folder: string) => Promise<string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kinora-check-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const worker: Step = {
  name: "worker",
  run: () =>
    withFolder(async (folder) => {
      await command("wrangler", [
        "deploy",
        "--dry-run",
        "--containers-rollout=none",
        "--outdir",
        folder,
      ]);
      return checkWorkerSize(folder);
    }),
};

const site: Step = {
  name: "site",
  run: () =>
    withFolder(async (folder) => {
      await command("vite", ["build", "--outDir", folder, "--emptyOutDir"], join(ROOT, "web"));
      return checkSiteSize(folder);
    }),
};

const tests: Step = {
  name: "tests",
  run: async () => {
    const output = await command("vitest", ["run", "--no-color"]);
    return /^\s*Tests\s+(.*)$/m.exec(output)?.[1]?.trim() ?? "";
  },
};

const STATIC_STEPS: Step[] = [
  quiet("env types", "npm", ["run", "--silent", "types"]),
  quiet("format", "oxfmt", ["--check"]),
  quiet("lint", "oxlint", ["--type-aware"]),
  quiet("types", "tsc", ["-b"]),
  quiet("unused", "knip", ["--no-progress"]),
  worker,
  site,
  audit,
];

const USAGE = `Usage: npm run check -- [--static] [STEP …]
Runs everything that a change must pass, one line per step.

  --static   all but the tests
  STEP …     only these: ${[...STATIC_STEPS, tests].map(({ name }) => name).join(", ")}`;

const { values, positionals } = readCommandLine(USAGE, {
  allowPositionals: true,
  options: { static: { type: "boolean", default: false } },
});
const steps = values.static ? STATIC_STEPS : [...STATIC_STEPS, tests];
const unknown = positionals.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) refuseCommandLine(`There is no step ${unknown.join(", ")}.`, USAGE);

const notDone: string[] = [];
for (const step of steps.filter(
  ({ name }) => positionals.length === 0 || positionals.includes(name),
)) {
  const start = performance.now();
  const seconds = (): string => `${((performance.now() - start) / 1000).toFixed(1)} s`.padStart(8);
  try {
    const remark = await step.run();
    console.log(`ok    ${step.name.padEnd(10)} ${seconds()}  ${remark}`.trimEnd());
  } catch (error) {
    if (error instanceof NotDone) {
      console.log(`NONE  ${step.name.padEnd(10)} ${seconds()}  ${error.message}`);
      notDone.push(`${step.name}: ${error.message}`);
      continue;
    }
    console.log(`FAIL  ${step.name.padEnd(10)} ${seconds()}\n`);
    console.log(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
    break;
  }
}
for (const line of notDone) {
  console.log(`\nNOT CHECKED  ${line}`);
  // GitHub shows this line on the summary of the run.
  if (process.env["GITHUB_ACTIONS"]) console.log(`::warning title=Not checked::${line}`);
}
