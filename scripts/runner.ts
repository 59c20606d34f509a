/**
 * `npm run runner`: this computer transcodes for a site, until Ctrl-C. It needs ffmpeg and ffprobe (the packaged ones if there
 * are no others) and no open port.
 */
import { spawn } from "node:child_process";
import { remoteEnvironment } from "../containers/transcoder/runtime/remote.ts";
import { readCommandLine, refuseCommandLine } from "./command-line.ts";
import { TRANSCODER_ARGS } from "./dev/start.ts";

const USAGE = `Usage: npm run runner -- --url https://… --token kinora_rt_… [--slots N]
This computer transcodes for a site until Ctrl-C, which gives its tasks back.

  --url URL      address of the site, or KINORA_URL
  --token TOKEN  of a runner, from /admin/runners of the site; better in KINORA_TOKEN, where no list of processes shows it
  --slots N      tasks at once; without it one per core

docs/operations.md ("Runners elsewhere") lists variables that limit memory and disk or name another ffmpeg.`;

const { values } = readCommandLine(USAGE, {
  options: { url: { type: "string" }, token: { type: "string" }, slots: { type: "string" } },
});
const given = {
  KINORA_URL: values.url ?? process.env["KINORA_URL"] ?? "",
  KINORA_TOKEN: values.token ?? process.env["KINORA_TOKEN"],
};
try {
  remoteEnvironment(given);
} catch (error) {
  refuseCommandLine(error instanceof Error ? error.message : String(error), USAGE);
}
const child = spawn(process.execPath, TRANSCODER_ARGS, {
  env: {
    ...process.env,
    ...given,
    PORT: "0",
    ...(values.slots !== undefined && { SLOTS: values.slots }),
  },
  stdio: "inherit",
});
// Ctrl-C also reaches the transcoder, which hands its tasks back.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill());
child.on("exit", (code) => (process.exitCode = code ?? 1));
