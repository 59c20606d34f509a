/** `npm run reset`: deletes the databases, objects and built site of `npm run dev`, including all accounts. */
import { rm } from "node:fs/promises";
import { readCommandLine } from "./command-line.ts";
import { requireFreePorts } from "./dev/ports.ts";
import { readSettings } from "./dev/settings.ts";

readCommandLine(
  `Usage: npm run reset
Deletes the databases, objects and built site of npm run dev, including all accounts and videos.`,
  {},
);
try {
  const { state, workerPort } = readSettings(process.env);
  // A running Worker would keep using the deleted files and write them again.
  await requireFreePorts([
    {
      port: workerPort,
      who: "Worker: is `npm run dev` running?",
      variable: "KINORA_WORKER_PORT",
    },
  ]);
  await rm(state, { recursive: true, force: true });
  console.log(`Deleted ${state}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
