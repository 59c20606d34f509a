import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";

/** The repository. */
export const ROOT = resolve(import.meta.dirname, "../..");
export const BIN = join(ROOT, "node_modules/.bin");
/** The Pages project; wrangler and vite look for their configuration there. */
export const WEB = join(ROOT, "web");

/** What `npm run dev` takes from the environment. */
export interface Settings {
  workerPort: number;
  sitePort: number;
  /** One runner a port, counting up from KINORA_TRANSCODER_PORT. */
  transcoderPorts: number[];
  /** Tasks that one runner does at once. */
  slots: number;
  /** Folder of databases, objects and the built site: all that `npm run reset` clears. */
  state: string;
}

function integer(environment: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const value = environment[name];
  if (value === undefined || value === "") return fallback;
  if (!/^[1-9]\d{0,4}$/.test(value))
    throw new Error(`${name} is "${value}", it must be a number from 1 to 99999`);
  return Number(value);
}

/** @throws Error in one line when a variable makes no sense */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const transcoderPort = integer(environment, "KINORA_TRANSCODER_PORT", 8790);
  const runners = integer(environment, "KINORA_RUNNERS", 1);
  return {
    workerPort: integer(environment, "KINORA_WORKER_PORT", 8787),
    sitePort: integer(environment, "KINORA_SITE_PORT", 8788),
    transcoderPorts: Array.from({ length: runners }, (_, index) => transcoderPort + index),
    slots: integer(environment, "KINORA_SLOTS", availableParallelism()),
    state: resolve(ROOT, environment["KINORA_STATE"] || ".wrangler/state"),
  };
}
