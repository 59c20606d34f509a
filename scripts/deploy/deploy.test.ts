import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ROOT } from "../dev/settings.ts";
import { emptyAccountApi, recordPlan, runDeploy } from "./recorded-plan.ts";

/** Migrations are added often and change nothing else in a plan. */
const withoutMigrations = (recording: string): string =>
  recording.replaceAll(/^( {2}\+ Migrations of \w+: ).*$/gm, "$1…");

test("--plan on an empty account only reads and prints everything that would happen, as recorded in the documentation", async () => {
  const recording = await recordPlan();
  const kept = await readFile(join(ROOT, "docs/deploy-plan.txt"), "utf8");
  // The command that updates the recording: npm run deploy:record
  expect(withoutMigrations(recording)).toBe(withoutMigrations(kept));
  const asked = recording.split("\n").filter((line) => /^ {2}[A-Z]+ \//.test(line));
  expect(asked.length).toBeGreaterThan(5);
  expect(asked.filter((line) => !line.startsWith("  GET "))).toEqual([]);
}, 180_000);

test("--destroy with a name other than the instance's deletes nothing", async () => {
  const api = await emptyAccountApi();
  onTestFinished(api.close);
  const { error, code } = await runDeploy(["--destroy", "kinoro"], api.env);
  expect([error.trim(), code]).toEqual(["Nothing was deleted: the instance is called kinora.", 1]);
  const methods = api.asked.map(({ operation, authorization }) => [
    operation.split(" ")[0],
    authorization,
  ]);
  expect(new Set(methods.flat())).toEqual(new Set(["GET", "Bearer only-for-tests"]));
}, 180_000);

test("without access to Cloudflare the script says how to get it", async () => {
  const { out, error, code } = await runDeploy(["--plan"], {
    CLOUDFLARE_API_TOKEN: "",
    // Keeps the test from using a login of this computer.
    HOME: "/nonexistent",
    XDG_CONFIG_HOME: "/nonexistent",
    WRANGLER_HOME: "/nonexistent",
  });
  expect([out, code]).toEqual(["", 1]);
  expect(error).toMatch(/npx wrangler login.*CLOUDFLARE_API_TOKEN/);
}, 180_000);
