/** `npm run transcoder`: the transcoder alone, for a Worker that runs under plain `wrangler dev`. */
import { spawn } from "node:child_process";
import { readSettings } from "./dev/settings.ts";
import { TRANSCODER_ARGS } from "./dev/start.ts";

const { transcoderPorts, slots } = readSettings(process.env);
const child = spawn(process.execPath, TRANSCODER_ARGS, {
  env: {
    ...process.env,
    PORT: String(transcoderPorts[0]),
    SLOTS: String(slots),
    GRACE_SECONDS: "3",
  },
  stdio: "inherit",
});
// Ctrl-C reaches the transcoder too. It exits after the grace period of its tasks.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill());
child.on("exit", (code) => (process.exitCode = code ?? 1));
