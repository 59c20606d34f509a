import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";

/** The root of the repository. */
export const ROOT = resolve(import.meta.dirname, "../..");
export const BIN = join(ROOT, "node_modules/.bin");
/** The Pages project; wrangler and vite look for their configuration there. */
export const WEB = join(ROOT, "web");

/** The settings that `npm run dev` reads from the environment. */
export interface Settings {
  workerPort: number;
  sitePort: number;
  /** One runner per port. */
  transcoderPorts: number[];
  /** Number of tasks that one runner works on at once. */
  slots: number;
  /** Folder of databases, objects and the built site: everything that `npm run reset` clears. */
  state: string;
  /** Folder of a built site to copy instead of building one. Its pages may upload to the Worker of that site only. */
  builtSite?: string;
}

/** @throws Error in one line */
function parseInteger(name: string, value: string): number {
  if (!/^[1-9]\d{0,4}$/.test(value))
    throw new Error(`${name} is "${value}", it must be a number from 1 to 99999`);
  return Number(value);
}

/**
 * The ports in KINORA_TRANSCODER_PORTS; without it, the first KINORA_RUNNERS ports from 8790 that are not `taken`.
 * @throws Error in one line
 */
function readTranscoderPorts(environment: NodeJS.ProcessEnv, taken: readonly number[]): number[] {
  const list = environment["KINORA_TRANSCODER_PORTS"];
  if (list)
    return list.split(",").map((port) => parseInteger("KINORA_TRANSCODER_PORTS", port.trim()));
  const runners = parseInteger("KINORA_RUNNERS", environment["KINORA_RUNNERS"] || "1");
  return Array.from({ length: runners + taken.length }, (_, index) => 8790 + index)
    .filter((port) => !taken.includes(port))
    .slice(0, runners);
}

/** @throws Error in one line when a variable is invalid, or when two processes would get the same port */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const integer = (name: string, fallback: number): number =>
    parseInteger(name, environment[name] || String(fallback));
  const workerPort = integer("KINORA_WORKER_PORT", 8787);
  const sitePort = integer("KINORA_SITE_PORT", 8788);
  const transcoderPorts = readTranscoderPorts(environment, [workerPort, sitePort]);
  const ports = [workerPort, sitePort, ...transcoderPorts];
  const repeated = ports.find((port, index) => ports.indexOf(port) !== index);
  if (repeated)
    throw new Error(
      `Port ${repeated} is given to two processes: see KINORA_WORKER_PORT, KINORA_SITE_PORT and KINORA_TRANSCODER_PORTS`,
    );
  return {
    workerPort,
    sitePort,
    transcoderPorts,
    slots: integer("KINORA_SLOTS", availableParallelism()),
    state: resolve(ROOT, environment["KINORA_STATE"] || ".wrangler/state"),
    ...(environment["KINORA_BUILT_SITE"] && { builtSite: environment["KINORA_BUILT_SITE"] }),
  };
}
