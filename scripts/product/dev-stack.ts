import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { setPriority, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { readSettings } from "../dev/settings.ts";
import { stepBack } from "./step-back.ts";

const SCRIPT = resolve(import.meta.dirname, "../dev.ts");
/** Long enough to build the site and start two workerd on a cold computer. */
const START_TIMEOUT_MS = 300_000;

/** The running product, as started by `npm run dev`, on its own ports and with its own empty state. */
export interface DevStack {
  /** The public origin. */
  origin: string;
  /** Origin of the Worker and of the local S3 endpoint. */
  workerOrigin: string;
  /** Origin of the first transcoder. */
  transcoderOrigin: string;
  /** Folder of its databases and objects. */
  state: string;
  /** Process id of `scripts/dev.ts`. */
  pid: number;
  /** Everything printed so far. */
  log(): string;
  /** Stops it like Ctrl-C and removes the state. */
  stop(): Promise<void>;
}

export interface DevStackOptions {
  /** Tasks that one runner works on at once. */
  slots?: number;
  runners?: number;
  /** Niceness of its processes, 0 to 19. */
  niceness?: number;
  /** Additional variables for `scripts/dev.ts` and its child processes. */
  env?: Record<string, string>;
}

/** Below the ephemeral ports, which the system could assign to others before the stack listens. */
const PORT_RANGE = { from: 20_000, to: 32_000 };
const randomPort = (): number => randomInt(PORT_RANGE.from, PORT_RANGE.to);

/** Different ports that are free now. @param pick proposes a port */
export async function freePorts(count: number, pick: () => number = randomPort): Promise<number[]> {
  const reserved = new Map<number, Server>();
  while (reserved.size < count) {
    const port = pick();
    const server = createServer().listen(port, "localhost");
    if (await once(server, "listening").catch(() => null)) reserved.set(port, server);
  }
  await Promise.all(
    [...reserved.values()].map((server) => new Promise((done) => server.close(done))),
  );
  return [...reserved.keys()];
}

/**
 * Variables that give every process of a stack its own free port.
 * @param pick proposes a port; a port in use is skipped
 */
export async function reservePorts(
  runners: number,
  pick?: () => number,
): Promise<Record<string, string>> {
  const [worker, site, ...transcoders] = await freePorts(2 + runners, pick);
  return {
    KINORA_WORKER_PORT: String(worker),
    KINORA_SITE_PORT: String(site),
    KINORA_TRANSCODER_PORTS: transcoders.join(","),
  };
}

/** @throws Error with the log when the product does not start */
export async function startDevStack(options: DevStackOptions = {}): Promise<DevStack> {
  const ports = await reservePorts(options.runners ?? 1);
  const { workerPort, sitePort, transcoderPorts } = readSettings(ports);
  const state = await mkdtemp(join(tmpdir(), "kinora-stack-"));
  const child = spawn(process.execPath, [SCRIPT], {
    env: {
      ...process.env,
      ...ports,
      KINORA_STATE: state,
      ...(options.slots ? { KINORA_SLOTS: String(options.slots) } : {}),
      ...options.env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // Its children inherit it, and their sessions get it below.
  if (options.niceness && child.pid) setPriority(child.pid, options.niceness);
  const lines: string[] = [];
  const log = (): string => lines.join("");
  const ended = once(child, "exit");
  async function stop(): Promise<void> {
    child.kill("SIGINT");
    await ended;
    await rm(state, { recursive: true, force: true });
  }
  const ready = new Promise<void>((done, fail) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        lines.push(text);
        if (text.includes("Kinora is ready")) done();
      });
    }
    void ended.then(() => fail(new Error(`The dev stack ended:\n${log()}`)));
    setTimeout(
      () => fail(new Error(`The dev stack was not ready in ${START_TIMEOUT_MS} ms:\n${log()}`)),
      START_TIMEOUT_MS,
    ).unref();
  });
  try {
    await ready;
    if (options.niceness && child.pid) stepBack(child.pid, options.niceness);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    origin: `http://localhost:${sitePort}`,
    workerOrigin: `http://localhost:${workerPort}`,
    transcoderOrigin: `http://localhost:${transcoderPorts[0]}`,
    state,
    pid: child.pid ?? 0,
    log,
    stop,
  };
}
