/**
 * The `[build]` command of wrangler.toml, which wrangler runs before it bundles the Worker and on each change. It
 * prepares plain `wrangler dev` as `npm run dev` prepares itself: local secrets and values, and the migrations of both
 * local databases. Other wrangler commands (deploy, types) run it as well and get nothing; it never touches anything
 * remote.
 */
import { connect } from "node:net";
import { ensureDevVars, localVars } from "./dev/dev-vars.ts";
import { migrate } from "./dev/prepare.ts";
import { readSettings } from "./dev/settings.ts";
import { environment } from "./dev/start.ts";

/** Whether a process listens at the local port. */
function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "localhost" });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const { state, workerPort, transcoderPorts } = settings;
  await ensureDevVars(localVars(settings, `http://localhost:${workerPort}`));
  await migrate(state, environment(settings), console.log);
  const listening = await Promise.all(transcoderPorts.map(isListening));
  if (!listening.includes(true))
    console.log(
      "No transcoder is running, so uploads stay queued. Start one beside this Worker: npm run transcoder",
    );
}

if (process.env["WRANGLER_COMMAND"] === "dev" && !process.env["KINORA_PREPARED"]) await main();
