import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { readCommandLine } from "../scripts/command-line.ts";
import { BIN, ROOT } from "../scripts/dev/settings.ts";
import { printReport } from "./report.ts";

/**
 * `npm run sim:audience`: the test of the simulated audience with ten times as many sessions, in workerd. Lies are mixed
 * in, and counts and retention curve are compared with the truth.
 */
readCommandLine("Usage: npm run sim:audience", {});

const MAX_GAP_PERCENT = 1;

/** What the test prints; percentages are the largest gaps to the truth. */
const Result = z.object({
  sessions: z.number(),
  beacons: z.number(),
  messages: z.number(),
  views: z.number(),
  trueViews: z.number(),
  measured: z.number(),
  trueMeasured: z.number(),
  watchGapPercent: z.number(),
  reachedGapPercent: z.number(),
  playsGapPercent: z.number(),
  seconds: z.number(),
});

const config = join("benchmarks", "audience", "vitest.config.ts");
const child = spawn(join(BIN, "vitest"), ["run", "--config", config], {
  cwd: ROOT,
  stdio: ["ignore", "pipe", "inherit"],
});
const closed = once(child, "close");
let result: z.infer<typeof Result> | undefined;
for await (const line of createInterface({ input: child.stdout })) {
  if (line.startsWith('{"sessions"')) result = Result.parse(JSON.parse(line));
  else console.log(line);
}
const [code] = (await closed) as [number | null];
if (!result) throw new Error("The simulation ended without a result.");
printReport("audience", result, {
  "views equal the truth": result.views === result.trueViews,
  "measured views equal the truth": result.measured === result.trueMeasured,
  "watch time is within 1 % of the truth": result.watchGapPercent < MAX_GAP_PERCENT,
  "the retention curve is within 1 % of the truth": result.reachedGapPercent < MAX_GAP_PERCENT,
  "plays by second are within 1 % of the truth": result.playsGapPercent < MAX_GAP_PERCENT,
  "the test passes, also its check of traffic sources": code === 0,
});
process.exitCode = code ?? 1;
