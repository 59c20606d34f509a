/** `npm run transcoder`: the transcoder alone, for a Worker that runs under plain `wrangler dev`. */
import { spawn } from "node:child_process";
import { readSettings } from "./dev/settings.ts";
import { TRANSCODER } from "./dev/start.ts";

const { transcoderPorts, slots } = readSettings(process.env);
const child = spawn(process.execPath, TRANSCODER, {
  env: {
    ...process.env,
    PORT: String(transcoderPorts[0]),
    SLOTS: String(slots),
    GRACE_SECONDS: "3",
  },
  stdio: "inherit",
});
// Ctrl-C reaches the transcoder as well, which ends after its running tasks have had their grace.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill());
child.on("exit", (code) => (process.exitCode = code ?? 1));
