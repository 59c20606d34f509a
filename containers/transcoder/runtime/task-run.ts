import type { TaskEvent } from "../../../workers/contract/task-event.ts";
import type { TaskRequest } from "../../../workers/contract/transcode.ts";
import type { Capabilities } from "./capabilities.ts";
import { TaskFailure } from "./failure.ts";
import { runProcess, type ProcessOptions, type ProcessResult } from "./process.ts";
import type { Relay } from "./relay.ts";
import type { Storage } from "./storage.ts";
import type { Tools } from "./tools.ts";

/** Everything one running task may use. */
export type Job = {
  request: TaskRequest;
  storage: Storage;
  /** The inputs as ffmpeg reads them. */
  relay: Relay;
  tools: Tools;
  capabilities: Capabilities;
  /** Processor threads of one slot. */
  threads: number;
  /** Resident bytes that all its processes together may take, and what each takes, by process id. */
  memoryLimit: number;
  resident: Map<number, number>;
  /** Bytes of the disk that it may take. */
  diskLimit: number;
  /** For temporary files; a task leaves nothing in it. */
  folder: string;
  /** Fires when the caller is gone, the time is up, or the server goes down; its reason is a TaskFailure. */
  signal: AbortSignal;
  emit: (event: TaskEvent) => void;
  /** Resolves when no film's first pictures are still being made on this machine. */
  firstPictures: () => Promise<void>;
};

const inputPath = (job: Job, name: string): string => {
  const path = job.request.inputs[name];
  if (path === undefined) throw new TaskFailure("invalid_task", `no input ${name}`);
  return path;
};

export const inputUrl = (job: Job, name: string): string => job.relay.url(inputPath(job, name));
export const readInput = (job: Job, name: string): Promise<Buffer> =>
  job.storage.read(inputPath(job, name));
export const peekInput = (
  job: Job,
  name: string,
  length: number,
  start?: number,
): Promise<{ bytes: Buffer; size: number }> => job.relay.peek(inputPath(job, name), length, start);

/** The path or path prefix that the request gives an output. */
export const outputPath = (job: Job, name: string): string => {
  const path = job.request.outputs[name];
  if (path === undefined) throw new TaskFailure("invalid_task", `no output ${name}`);
  return path;
};

/** A running sum of stored bytes that ends the task at its limit. */
export const outputMeter = (limit: number): ((bytes: number) => void) => {
  let total = 0;
  return (bytes) => {
    total += bytes;
    if (total > limit) throw new TaskFailure("output_too_large", `${total} bytes`);
  };
};

const run = (
  job: Job,
  file: string,
  args: readonly string[],
  options: Omit<ProcessOptions, "signal" | "memoryLimit" | "resident">,
): Promise<ProcessResult> =>
  runProcess(file, args, {
    ...options,
    signal: AbortSignal.any([job.signal, job.relay.signal]),
    memoryLimit: job.memoryLimit,
    resident: job.resident,
  });

/** Lines of ffprobe's standard output; `exitCode` is left to the caller. */
export const runFfprobe = async (
  job: Job,
  args: readonly string[],
  onLine: (line: string) => void,
): Promise<ProcessResult> => run(job, job.tools.ffprobe, ["-v", "error", ...args], { onLine });

/** ffmpeg with its log at `level`; `exitCode` is left to the caller. */
export const runFfmpeg = (
  job: Job,
  args: readonly string[],
  options: Omit<ProcessOptions, "signal" | "memoryLimit" | "resident"> & { level?: string } = {},
): Promise<ProcessResult> =>
  run(
    job,
    job.tools.ffmpeg,
    ["-v", options.level ?? "error", "-hide_banner", "-nostdin", "-y", ...args],
    options,
  );

/** Turns ffmpeg's end without success into a failure: the source's or the encoder's; the relay knows of the storage's. */
export const encodeFailure = ({ exitCode, stderr }: ProcessResult): TaskFailure => {
  const log = `exit ${exitCode}: ${stderr.slice(-2000)}`;
  if (
    /Invalid data found|moov atom not found|Error while decoding|error reading header|incorrect codec parameters|could not find codec parameters/.test(
      stderr,
    )
  )
    return new TaskFailure("damaged_file", log);
  return new TaskFailure("encoder_failed", log);
};
