import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { TaskFailure } from "./failure.ts";

/** The end of standard error that is kept, in characters. */
const MAX_STDERR_CHARACTERS = 16_384;
/**
 * Maximum length of a line of standard output, which is buffered line by line: a hostile source must not fill the
 * memory.
 */
const MAX_LINE_BYTES = 1024 * 1024;
const MEMORY_CHECK_INTERVAL_MS = 500;

export interface ProcessOptions {
  signal: AbortSignal;
  /** Resident memory above which the process is killed. */
  maxMemoryBytes: number;
  /**
   * Resident bytes of all processes that share the limit, by process id. If absent, the limit is for this process
   * alone.
   */
  residentBytes?: Map<number, number>;
  /** Standard input, ffmpeg's `pipe:0`. Destroyed when the process ends first. */
  input?: Readable;
  /** Called with each line of standard output. */
  onLine?: (line: string) => void;
  /** Readers of file descriptors 3, 4 and so on, ffmpeg's `pipe:3`. A slow reader slows ffmpeg down. */
  pipes?: ((stream: Readable) => Promise<void>)[];
}

export interface ProcessResult {
  exitCode: number | null;
  stderr: string;
}

/** Resident set size of a process, in bytes; 0 if the system has no /proc or the process has ended. */
async function readResidentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kibibytes === undefined ? 0 : Number(kibibytes) * 1024;
}

/**
 * Runs ffmpeg or ffprobe without a shell or an environment. The process is killed when the signal fires, when it
 * exceeds its memory limit, or when the reader of one of its pipes fails. Resolves once it has ended and all its
 * output was read.
 *
 * @throws the signal's reason, a pipe reader's error, or TaskFailure: `out_of_memory`; `damaged_file` for an endless
 *   line; `encoder_failed` when something else kills the process, as the kernel does when the host runs out of memory
 */
export async function runProcess(
  file: string,
  args: readonly string[],
  options: ProcessOptions,
): Promise<ProcessResult> {
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
  function stop(reason: unknown): void {
    failure ??= reason;
    child.kill("SIGKILL");
  }
  const onAbort = (): void => stop(options.signal.reason);
  options.signal.addEventListener("abort", onAbort, { once: true });
  const residentBytes = options.residentBytes ?? new Map<number, number>();
  const memoryCheck = setInterval(() => {
    const { pid } = child;
    if (pid === undefined) return;
    void readResidentBytes(pid).then((bytes) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      residentBytes.set(pid, bytes);
      const total = [...residentBytes.values()].reduce((sum, value) => sum + value, 0);
      if (total > options.maxMemoryBytes)
        stop(new TaskFailure("out_of_memory", `${total} bytes resident`));
    });
  }, MEMORY_CHECK_INTERVAL_MS);

  let stderr = "";
  const [stdin, stdoutStream, stderrStream, ...pipeStreams] = child.stdio;
  (stderrStream as Readable).setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-MAX_STDERR_CHARACTERS);
  });
  const lines = createInterface({ input: stdoutStream as Readable });
  let lineBytes = 0;
  (stdoutStream as Readable).on("data", (chunk: Buffer) => {
    const end = chunk.lastIndexOf("\n");
    lineBytes = end < 0 ? lineBytes + chunk.length : chunk.length - end;
    if (lineBytes > MAX_LINE_BYTES)
      stop(new TaskFailure("damaged_file", `a line of more than ${MAX_LINE_BYTES} bytes`));
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
    if (signal === "SIGKILL")
      throw new TaskFailure("encoder_failed", `killed by the system: ${stderr}`);
    return { exitCode, stderr };
  } finally {
    clearInterval(memoryCheck);
    if (child.pid !== undefined) residentBytes.delete(child.pid);
    lines.close();
    options.signal.removeEventListener("abort", onAbort);
  }
}
