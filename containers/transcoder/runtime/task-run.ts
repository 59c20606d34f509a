import type { TaskEvent } from "../../../workers/contract/task-event.ts";
import type { TaskRequest } from "../../../workers/contract/transcodes.ts";
import type { Capabilities } from "./capabilities.ts";
import { TaskFailure } from "./failure.ts";
import { isDiskFull } from "./fitness.ts";
import { runProcess, type ProcessOptions, type ProcessResult } from "./process.ts";
import type { Recogniser } from "./recogniser.ts";
import type { Relay } from "./relay.ts";
import type { Storage } from "./storage.ts";
import type { Tools } from "./tools.ts";

/** One attempt at one task, and everything it may use. */
export interface TaskRun {
  request: TaskRequest;
  storage: Storage;
  /** Serves the task's inputs to ffmpeg. */
  relay: Relay;
  tools: Tools;
  capabilities: Capabilities;
  /** The speech recogniser of this host. */
  recogniser: Recogniser | null;
  /** Processor threads that the task may use. */
  threads: number;
  /** Limit on the resident memory of all its processes together. */
  maxMemoryBytes: number;
  /** Resident bytes of each of its processes, by process id. */
  residentBytes: Map<number, number>;
  maxDiskBytes: number;
  /** Folder for temporary files, which the task removes when it ends. */
  folder: string;
  /** Fires when the task is lost, its time is up, or the process stops. Its reason is a TaskFailure. */
  signal: AbortSignal;
  emit: (event: TaskEvent) => void;
  /** Resolves when no task on this host is still encoding the first frames of a video. */
  waitForFirstFrames: () => Promise<void>;
}

function inputPath(run: TaskRun, name: string): string {
  const path = run.request.inputs[name];
  if (path === undefined) throw new TaskFailure("invalid_task", `no input ${name}`);
  return path;
}

/** The URL at which ffmpeg reads an input. @throws TaskFailure `invalid_task` */
export const inputUrl = (run: TaskRun, name: string): string => run.relay.url(inputPath(run, name));

/** Reads a whole input into memory. @throws TaskFailure `invalid_task`, `source_unreachable` */
export function readInput(run: TaskRun, name: string): Promise<Buffer> {
  return run.storage.read(inputPath(run, name));
}

/** Reads up to `length` bytes of an input. @throws TaskFailure `invalid_task`, `source_unreachable` */
export function peekInput(
  run: TaskRun,
  name: string,
  length: number,
  start?: number,
): Promise<{ bytes: Buffer; size: number }> {
  return run.relay.peek(inputPath(run, name), length, start);
}

/** The storage path, or path prefix, of an output. @throws TaskFailure `invalid_task` */
export function outputPath(run: TaskRun, name: string): string {
  const path = run.request.outputs[name];
  if (path === undefined) throw new TaskFailure("invalid_task", `no output ${name}`);
  return path;
}

/** Counts output bytes. The returned function throws TaskFailure `output_too_large` above the limit. */
export function outputMeter(maxBytes: number): (bytes: number) => void {
  let total = 0;
  return (bytes) => {
    total += bytes;
    if (total > maxBytes) throw new TaskFailure("output_too_large", `${total} bytes`);
  };
}

type ToolOptions = Omit<ProcessOptions, "signal" | "maxMemoryBytes" | "residentBytes">;

function runTool(
  run: TaskRun,
  file: string,
  args: readonly string[],
  options: ToolOptions,
): Promise<ProcessResult> {
  return runProcess(file, args, {
    ...options,
    signal: AbortSignal.any([run.signal, run.relay.signal]),
    maxMemoryBytes: run.maxMemoryBytes,
    residentBytes: run.residentBytes,
  });
}

/** Runs another program; the caller checks `exitCode`. */
export function runProgram(
  run: TaskRun,
  file: string,
  args: readonly string[],
): Promise<ProcessResult> {
  return runTool(run, file, args, {});
}

/** Runs ffprobe. `onLine` gets each line of its standard output; the caller checks `exitCode`. */
export function runFfprobe(
  run: TaskRun,
  args: readonly string[],
  onLine: (line: string) => void,
): Promise<ProcessResult> {
  return runTool(run, run.tools.ffprobe, ["-v", "error", ...args], { onLine });
}

/** Runs ffmpeg with the given log level; the caller checks `exitCode`. */
export function runFfmpeg(
  run: TaskRun,
  args: readonly string[],
  options: ToolOptions & { level?: string } = {},
): Promise<ProcessResult> {
  return runTool(
    run,
    run.tools.ffmpeg,
    ["-v", options.level ?? "error", "-hide_banner", "-nostdin", "-y", ...args],
    options,
  );
}

/**
 * Classifies an unsuccessful ffmpeg run: `damaged_file`, `unsupported_format`, `runner_disk_full` or `encoder_failed`. The
 * relay reports storage failures itself.
 */
export function encodeFailure({ exitCode, stderr }: ProcessResult): TaskFailure {
  const log = `exit ${exitCode}: ${stderr.slice(-2000)}`;
  if (isDiskFull(stderr)) return new TaskFailure("runner_disk_full", log);
  if (
    /Invalid data found|moov atom not found|Error while decoding|error reading header|incorrect codec parameters|could not find codec parameters|does not contain any stream|Cannot determine format of input/.test(
      stderr,
    )
  )
    return new TaskFailure("damaged_file", log);
  // The packaged ffprobe is newer than its ffmpeg and recognises more formats.
  if (/Unknown input format/.test(stderr)) return new TaskFailure("unsupported_format", log);
  return new TaskFailure("encoder_failed", log);
}
