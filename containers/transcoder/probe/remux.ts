import { mkdtempDisposable, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { TaskResult, TaskSpec } from "../../../workers/contract/transcodes.ts";
import { TaskFailure } from "../runtime/failure.ts";
import {
  encodeFailure,
  inputUrl,
  type TaskRun,
  outputPath,
  peekInput,
  runFfmpeg,
} from "../runtime/task-run.ts";
import type { ProcessResult } from "../runtime/process.ts";
import { sourceInput } from "./source-input.ts";

export type RemuxSpec = Extract<TaskSpec, { kind: "remux" }>;

/** A copy is about as large as its source: the index and the new headers add a little. */
const MAX_COPY_SIZE_RATIO = 1.05;
/**
 * Containers with an index, in order of preference. Matroska takes nearly every codec; MOV takes a few that it
 * refuses.
 */
const CONTAINERS = [
  { format: "matroska", contentType: "video/x-matroska" },
  { format: "mov", contentType: "video/quicktime" },
] as const;
const VIDEO_AND_AUDIO = ["-map", "0:v?", "-map", "0:a?", "-c", "copy"];
/**
 * Each container supports some caption codecs, so captions are dropped only when neither supports these. Neither
 * supports some audio codecs of broadcasts and discs (AAC in LATM, Blu-ray PCM): the last attempts re-encode audio.
 */
const ATTEMPTS = [
  [...VIDEO_AND_AUDIO, "-map", "0:s?"],
  VIDEO_AND_AUDIO,
  [...VIDEO_AND_AUDIO, "-c:a", "flac"],
].flatMap((streams) => CONTAINERS.map((container) => ({ ...container, streams })));

function copy(
  run: TaskRun,
  spec: RemuxSpec,
  streams: readonly string[],
  format: string,
  file: string,
): Promise<ProcessResult> {
  return runFfmpeg(run, [
    ...["-fflags", "+genpts", ...sourceInput(inputUrl(run, "source"), spec.demuxer)],
    ...[...streams, "-fs", String(spec.limits.maxOutputBytes), "-f", format, file],
  ]);
}

/**
 * Copies the tracks into a container with an index, so that later tasks can seek. The copy is written to the disk
 * first: the index is known only at the end, and the storage needs the length up front.
 *
 * @throws TaskFailure `too_large_to_remux` when the disk is too small for a copy, `damaged_file` when nothing can be
 *   copied, `output_too_large`
 */
export async function remux(run: TaskRun, spec: RemuxSpec): Promise<TaskResult> {
  const { size: sourceBytes } = await peekInput(run, "source", 1);
  if (sourceBytes * MAX_COPY_SIZE_RATIO > run.maxDiskBytes)
    throw new TaskFailure("too_large_to_remux", `${sourceBytes} bytes`);
  await using folder = await mkdtempDisposable(join(run.folder, "remux-"));
  let failure: TaskFailure | undefined;
  for (const { format, contentType, streams } of ATTEMPTS) {
    const file = join(folder.path, format);
    const result = await copy(run, spec, streams, format, file);
    if (result.exitCode !== 0) {
      failure ??= encodeFailure(result);
      await rm(file, { force: true });
      continue;
    }
    await using handle = await open(file);
    const { size } = await handle.stat();
    if (size >= spec.limits.maxOutputBytes)
      throw new TaskFailure("output_too_large", `${size} bytes`);
    await run.storage.putFile(outputPath(run, "remuxed"), handle, size, contentType);
    return { kind: "remux" };
  }
  throw failure ?? new TaskFailure("damaged_file");
}
