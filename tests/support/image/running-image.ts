import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** Port on the image's localhost that leads to the runner API. */
export const API_PORT = 8787;

/** The command that runs in the image: its own, or another one. */
export interface ImageRun {
  /** Folder that is mounted as /run/kinora, with the sockets of forward.cjs. */
  folder: string;
  env: Readonly<Record<string, string>>;
  command?: readonly string[];
}

export interface RunningImage {
  /** Everything that was printed so far. */
  output(): string;
  /** The exit code; null or above 128 after a signal. */
  ended: Promise<number | null>;
  /** Sends SIGTERM to the first process of the image. */
  stop(): Promise<void>;
  /** Sends SIGKILL to all of its processes and waits for their end. */
  kill(): Promise<void>;
}

/** A program that runs an image on this computer, without a network. */
export interface ImageEngine {
  run(run: ImageRun): Promise<RunningImage>;
  /** Removes everything that the runs have left. */
  remove(): Promise<void>;
}

/**
 * Starts a command in which an image runs.
 *
 * @param signal sends a signal to what runs in the image
 */
export function runImageCommand(
  command: string,
  args: readonly string[],
  signal: (name: "TERM" | "KILL", child: ChildProcess) => Promise<unknown>,
): RunningImage {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (more: string) => (text += more));
  let hasEnded = false;
  const ended = once(child, "close")
    .then(
      ([code]) => code as number | null,
      (error: unknown) => {
        text += String(error);
        return 127;
      },
    )
    .finally(() => (hasEnded = true));
  return {
    output: () => text,
    ended,
    stop: async () => void (await signal("TERM", child)),
    kill: async () => {
      if (!hasEnded) await signal("KILL", child);
      await ended;
    },
  };
}
