import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { guardGroup } from "./guard.ts";

/** Lines kept of each child, to show when it dies. */
const MAX_TAIL_LINES = 15;
/** Time for a child to exit before its whole group is killed. */
const GRACE_MS = 5_000;

export interface Child {
  name: string;
  /** Resolves when the process has ended, with a sentence that says how. */
  ended: Promise<string>;
  /** Its newest lines, filtered ones as well. */
  tail(): string[];
  /** Sends SIGTERM to the process group, and SIGKILL after a grace period; resolves when it has ended. */
  stop(): Promise<void>;
  /** Sends SIGKILL to the process group at once, for when our own process exits. */
  kill(): void;
  /** Ends the process group like `stop` and starts the command again, without `ended`. */
  restart(): Promise<void>;
  /** Calls `listener` for each further line that is shown. */
  onLine(listener: (line: string) => void): void;
}

export interface ChildOptions {
  name: string;
  command: string;
  args: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Receives every line that is shown. */
  print(line: string): void;
  isNoise(line: string): boolean;
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Starts a process in its own group. @param note receives each line */
function spawnGroup(options: ChildOptions, note: (line: string) => void): ChildProcess {
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (child.pid !== undefined) guardGroup(child.pid);
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (raw) => {
      const line = stripVTControlCharacters(raw);
      if (!options.isNoise(line)) note(line);
    });
  }
  return child;
}

const howItEnds = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    child.once("error", (error) => resolve(`could not start: ${error.message}`));
    child.once("exit", (code, signal) =>
      resolve(signal ? `was ended by ${signal}` : `ended with code ${code}`),
    );
  });

/** Sends SIGTERM to a process group, and SIGKILL after a grace period; resolves when it has ended. */
async function endGroup(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  signalGroup(child, "SIGTERM");
  await Promise.race([ended, wait(GRACE_MS, undefined, { ref: false })]);
  signalGroup(child, "SIGKILL");
  await ended;
}

/** Starts a process in its own group: Ctrl-C reaches only us, and stopping also ends its children (workerd, ffmpeg). */
export function startChild(options: ChildOptions): Child {
  const tail: string[] = [];
  const listeners: ((line: string) => void)[] = [];
  const ended = Promise.withResolvers<string>();
  let current: { child: ChildProcess; ended: Promise<string> };
  let isStopped = false;
  function launch(): void {
    const child = spawnGroup(options, (line) => {
      tail.push(line);
      if (tail.length > MAX_TAIL_LINES) tail.shift();
      options.print(line);
      for (const listener of listeners) listener(line);
    });
    const started = { child, ended: howItEnds(child) };
    current = started;
    // The end of a replaced process is not the end of the part.
    void started.ended.then((how) => current === started && ended.resolve(how));
  }
  launch();
  return {
    name: options.name,
    ended: ended.promise,
    tail: () => tail,
    kill: () => signalGroup(current.child, "SIGKILL"),
    stop() {
      isStopped = true;
      return endGroup(current.child, current.ended);
    },
    async restart() {
      const old = current;
      current = { ...old };
      await endGroup(old.child, old.ended);
      if (!isStopped) launch();
    },
    onLine: (listener) => void listeners.push(listener),
  };
}

/** Longer than a step of the start takes on a busy computer. */
const SLOW_MS = 60_000;

export interface RunOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** After this time a line says what is still running. */
  slowMs?: number;
  say?: (line: string) => void;
}

/**
 * Runs a command to its end, silently unless it takes long.
 * @throws Error with the command's output when it fails
 */
export async function runToEnd(
  what: string,
  command: string,
  args: string[],
  { cwd, env, slowMs = SLOW_MS, say = console.log }: RunOptions,
): Promise<void> {
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => output.push(text));
  const slow = setTimeout(() => {
    const last = stripVTControlCharacters(output.join("")).trim().split("\n").at(-1) ?? "";
    say(`${what} has taken ${slowMs / 1000} s so far. Its last line: ${last || "none"}`);
  }, slowMs);
  const [code] = (await once(child, "close").finally(() => clearTimeout(slow))) as [number | null];
  if (code !== 0)
    throw new Error(`${what} failed:\n${stripVTControlCharacters(output.join("")).trim()}`);
}
