/** `npm run reset`: clears databases, objects and the built site of `npm run dev`. Accounts go too. */
import { rm } from "node:fs/promises";
import { requireFreePorts } from "./dev/ports.ts";
import { readSettings } from "./dev/settings.ts";

try {
  const { state, workerPort } = readSettings(process.env);
  // A running Worker would go on with deleted files and write them back.
  await requireFreePorts([
    {
      port: workerPort,
      who: "Worker, so `npm run dev` seems to run",
      variable: "KINORA_WORKER_PORT",
    },
  ]);
  await rm(state, { recursive: true, force: true });
  console.log(`Cleared ${state}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
