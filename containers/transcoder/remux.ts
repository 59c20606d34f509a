import { mkdtempDisposable, open } from "node:fs/promises";
import { join } from "node:path";
import type { TaskResult, TaskSpec } from "../../workers/contract/transcode.ts";
import { TaskFailure } from "./failure.ts";
import { encodeFailure, inputUrl, type Job, outputPath, runFfmpeg } from "./job.ts";
import type { ProcessResult } from "./process.ts";
import { sourceInput } from "./source.ts";

export type RemuxSpec = Extract<TaskSpec, { kind: "remux" }>;

/** Containers with an index, in order of preference: Matroska takes nearly every codec, MOV some odd streams that it refuses. */
const CONTAINERS = [
  { format: "matroska", contentType: "video/x-matroska" },
  { format: "mov", contentType: "video/quicktime" },
] as const;

const copy = (job: Job, spec: RemuxSpec, format: string, file: string): Promise<ProcessResult> =>
  runFfmpeg(job, [
    ...["-fflags", "+genpts", ...sourceInput(inputUrl(job, "source"), spec.demuxer)],
    ...[
      "-map",
      "0:v?",
      "-map",
      "0:a?",
      "-c",
      "copy",
      "-fs",
      String(spec.limits.maxOutputBytes),
      "-f",
      format,
      file,
    ],
  ]);

/**
 * Copies the streams into a file with an index, so that later tasks can seek. It goes through the disk: the index is
 * known at the end only, and storage wants the length first.
 *
 * @throws TaskFailure `damaged_file` when nothing can be copied
 */
export const remux = async (job: Job, spec: RemuxSpec): Promise<TaskResult> => {
  await using folder = await mkdtempDisposable(join(job.folder, "remux-"));
  let failure: TaskFailure | undefined;
  for (const { format, contentType } of CONTAINERS) {
    const file = join(folder.path, format);
    const result = await copy(job, spec, format, file);
    if (result.exitCode !== 0) {
      failure ??= encodeFailure(result);
      continue;
    }
    await using handle = await open(file);
    const { size } = await handle.stat();
    if (size >= spec.limits.maxOutputBytes)
      throw new TaskFailure("output_too_large", `${size} bytes`);
    await job.storage.putFile(outputPath(job, "remuxed"), handle, size, contentType);
    return { kind: "remux", bytes: size };
  }
  throw failure ?? new TaskFailure("damaged_file");
};
