import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { ROOT } from "../dev/settings.ts";

const execute = promisify(execFile);

test("the simulation of transcoding can load the code of the Worker that it runs", async () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  // Runs `node OPTIONS benchmarks/sim-transcode.ts`, whose modules start nothing when they are loaded.
  const options = scripts["sim:transcode"]?.split(" ").slice(1, -1) ?? [];
  const parts = globSync("benchmarks/sim/*.ts", { cwd: ROOT });
  const imports = parts.map((path) => `await import("./${path}");`).join("\n");
  const { stdout } = await execute(
    process.execPath,
    [...options, "--input-type=module", "--eval", `${imports}\nconsole.log("loaded");`],
    { cwd: ROOT },
  );
  expect(stdout.trim()).toBe("loaded");
});
