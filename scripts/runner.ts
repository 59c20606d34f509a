/**
 * `npm run runner -- --url https://video.example --token kinora_rt_…`: this computer transcodes for a site, until Ctrl-C. It
 * needs ffmpeg and ffprobe (the packaged ones if there are no others) and no open port. The token may also be in
 * KINORA_TOKEN, where it is in no list of processes.
 */
import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { remoteEnvironment } from "../containers/transcoder/runtime/remote.ts";
import { TRANSCODER_ARGS } from "./dev/start.ts";

const { values } = parseArgs({
  options: { url: { type: "string" }, token: { type: "string" }, slots: { type: "string" } },
});
const given = {
  KINORA_URL: values.url ?? process.env["KINORA_URL"] ?? "",
  KINORA_TOKEN: values.token ?? process.env["KINORA_TOKEN"],
};
try {
  remoteEnvironment(given);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error("Usage: npm run runner -- --url https://… --token kinora_rt_… [--slots N]");
  process.exit(2);
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
// Ctrl-C reaches the transcoder too, which gives its tasks back.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill());
child.on("exit", (code) => (process.exitCode = code ?? 1));
