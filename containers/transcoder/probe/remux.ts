import { mkdtempDisposable, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { TaskResult, TaskSpec } from "../../../workers/contract/transcode.ts";
import { TaskFailure } from "../runtime/failure.ts";
import {
  encodeFailure,
  inputUrl,
  type Job,
  outputPath,
  peekInput,
  runFfmpeg,
} from "../runtime/task-run.ts";
import type { ProcessResult } from "../runtime/process.ts";
import { sourceInput } from "./source-input.ts";

export type RemuxSpec = Extract<TaskSpec, { kind: "remux" }>;

/** Size of a copy against its source, at most; a transport stream's becomes smaller. */
const COPY_SHARE = 1.05;
/** Containers with an index, in order of preference: Matroska takes nearly every codec, MOV some odd streams that it refuses. */
const CONTAINERS = [
  { format: "matroska", contentType: "video/x-matroska" },
  { format: "mov", contentType: "video/quicktime" },
] as const;
const PICTURE_AND_SOUND = ["-map", "0:v?", "-map", "0:a?", "-c", "copy"];
/**
 * Each container takes some kinds of subtitles; they are left behind only when neither takes these. Sound of broadcasts
 * and discs (AAC in LATM, Blu-ray's PCM) neither takes as it is.
 */
const ATTEMPTS = [
  [...PICTURE_AND_SOUND, "-map", "0:s?"],
  PICTURE_AND_SOUND,
  [...PICTURE_AND_SOUND, "-c:a", "flac"],
].flatMap((streams) => CONTAINERS.map((container) => ({ ...container, streams })));

const copy = (
  job: Job,
  spec: RemuxSpec,
  streams: readonly string[],
  format: string,
  file: string,
): Promise<ProcessResult> =>
  runFfmpeg(job, [
    ...["-fflags", "+genpts", ...sourceInput(inputUrl(job, "source"), spec.demuxer)],
    ...[...streams, "-fs", String(spec.limits.maxOutputBytes), "-f", format, file],
  ]);

/**
 * Copies the streams into a file with an index, so that later tasks can seek. It goes through the disk: the index is
 * known at the end only, and storage wants the length first.
 *
 * @throws TaskFailure `too_large_to_remux` when the disk is too small for a copy, `damaged_file` when nothing can be copied
 */
export const remux = async (job: Job, spec: RemuxSpec): Promise<TaskResult> => {
  // A copy is about as large as its source; a little more for the index and the other container's headers.
  const { size: sourceBytes } = await peekInput(job, "source", 1);
  if (sourceBytes * COPY_SHARE > job.diskLimit)
    throw new TaskFailure("too_large_to_remux", `${sourceBytes} bytes`);
  await using folder = await mkdtempDisposable(join(job.folder, "remux-"));
  let failure: TaskFailure | undefined;
  for (const { format, contentType, streams } of ATTEMPTS) {
    const file = join(folder.path, format);
    const result = await copy(job, spec, streams, format, file);
    if (result.exitCode !== 0) {
      failure ??= encodeFailure(result);
      await rm(file, { force: true });
      continue;
    }
    await using handle = await open(file);
    const { size } = await handle.stat();
    if (size >= spec.limits.maxOutputBytes)
      throw new TaskFailure("output_too_large", `${size} bytes`);
    await job.storage.putFile(outputPath(job, "remuxed"), handle, size, contentType);
    return { kind: "remux" };
  }
  throw failure ?? new TaskFailure("damaged_file");
};
