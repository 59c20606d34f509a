import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { TaskFailure } from "./failure.ts";

const STDERR_BYTES = 16_384;
/** Of standard output, which is read by the line: whatever a source puts into one, it does not fill the memory. */
const LINE_BYTES = 1024 * 1024;
const MEMORY_CHECK_MS = 500;

export type ProcessOptions = {
  signal: AbortSignal;
  /** Resident bytes above which the process is killed. */
  memoryLimit: number;
  /** Resident bytes of the processes that share the limit, by process id; without it this one has it alone. */
  resident?: Map<number, number>;
  /** Standard input: `pipe:0`. It is destroyed when the process ends before it does. */
  input?: Readable;
  /** Gets each line of standard output. */
  onLine?: (line: string) => void;
  /** Readers of file descriptors 3, 4, ...: ffmpeg's `pipe:3`. A slow reader holds ffmpeg back. */
  pipes?: ((stream: Readable) => Promise<void>)[];
};

export type ProcessResult = { exitCode: number | null; stderr: string };

/** Resident set of a process, in bytes; 0 where the system has no /proc or the process is gone. */
const residentBytes = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kibibytes === undefined ? 0 : Number(kibibytes) * 1024;
};

/**
 * Runs ffmpeg or ffprobe: no shell, no environment, killed when the signal fires, when it outgrows its memory,
 * or when the reader of one of its pipes fails. Resolves after the process is gone and all its output was read.
 *
 * @throws the signal's reason, a pipe reader's error, TaskFailure `out_of_memory`, `damaged_file` for a line without an
 * end, or `encoder_failed` when somebody
 * else kills it: the kernel does so where memory is short, which is not the source's fault
 */
export const runProcess = async (
  file: string,
  args: readonly string[],
  options: ProcessOptions,
): Promise<ProcessResult> => {
  options.signal.throwIfAborted();
  const pipes = options.pipes ?? [];
  const child = spawn(file, args, {
    env: {},
    stdio: [
      options.input === undefined ? "ignore" : "pipe",
      "pipe",
      "pipe",
      ...pipes.map(() => "pipe" as const),
    ],
  });
  let failure: unknown;
  const stop = (reason: unknown): void => {
    failure ??= reason;
    child.kill("SIGKILL");
  };
  const onAbort = (): void => stop(options.signal.reason);
  options.signal.addEventListener("abort", onAbort, { once: true });
  const resident = options.resident ?? new Map<number, number>();
  const watch = setInterval(() => {
    const { pid } = child;
    if (pid === undefined) return;
    void residentBytes(pid).then((bytes) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      resident.set(pid, bytes);
      const total = [...resident.values()].reduce((sum, value) => sum + value, 0);
      if (total > options.memoryLimit)
        stop(new TaskFailure("out_of_memory", `${total} bytes resident`));
    });
  }, MEMORY_CHECK_MS);

  let stderr = "";
  const [stdin, stdoutStream, stderrStream, ...pipeStreams] = child.stdio;
  (stderrStream as Readable).setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-STDERR_BYTES);
  });
  const lines = createInterface({ input: stdoutStream as Readable });
  let lineBytes = 0;
  (stdoutStream as Readable).on("data", (chunk: Buffer) => {
    const end = chunk.lastIndexOf("\n");
    lineBytes = end < 0 ? lineBytes + chunk.length : chunk.length - end;
    if (lineBytes > LINE_BYTES) stop(new TaskFailure("damaged_file", "endless line"));
  });
  lines.on("line", (line) => options.onLine?.(line));
  if (options.input !== undefined)
    pipeline(options.input, stdin as Writable).catch(() => undefined);
  const readers = pipes.map((read, index) => read(pipeStreams[index] as Readable).catch(stop));

  try {
    const { exitCode, signal } = await new Promise<{
      exitCode: number | null;
      signal: NodeJS.Signals | null;
    }>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, by) => resolve({ exitCode: code, signal: by }));
    });
    await Promise.all(readers);
    if (failure !== undefined) throw failure;
    if (signal === "SIGKILL") throw new TaskFailure("encoder_failed", `killed: ${stderr}`);
    return { exitCode, stderr };
  } finally {
    clearInterval(watch);
    if (child.pid !== undefined) resident.delete(child.pid);
    lines.close();
    options.signal.removeEventListener("abort", onAbort);
  }
};
