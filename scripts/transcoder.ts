/** `npm run transcoder`: the transcoder alone, for a Worker that runs under plain `wrangler dev`. */
import { spawn } from "node:child_process";
import { readCommandLine } from "./command-line.ts";
import { readSettings } from "./dev/settings.ts";
import { ensureDevVars, localRunnerSecret } from "./dev/dev-vars.ts";
import { TRANSCODER_ARGS, transcoderEnvironment } from "./dev/start.ts";

readCommandLine(
  `Usage: npm run transcoder
Starts a transcoder for a Worker that runs under plain wrangler dev. npm run dev starts its own.`,
  {},
);
const settings = readSettings(process.env);
// The Worker reads the secret when it starts; the first process to start writes it.
await ensureDevVars();
const child = spawn(process.execPath, TRANSCODER_ARGS, {
  env: {
    ...process.env,
    ...transcoderEnvironment(settings, 0, await localRunnerSecret()),
  },
  stdio: "inherit",
});
// Ctrl-C reaches the transcoder too. It exits after the grace period of its tasks.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill());
child.on("exit", (code) => (process.exitCode = code ?? 1));
