import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TaskResult, TaskSpec } from "../../workers/contract/transcode.ts";
import { TaskFailure } from "./failure.ts";
import { encodeFailure, inputUrl, type Job, outputPath, runFfmpeg } from "./job.ts";
import { sourceInput } from "./source.ts";

export type RemuxSpec = Extract<TaskSpec, { kind: "remux" }>;

/**
 * Copies the streams into a Matroska file with cues, so that later tasks can seek. It goes through the disk: the cues
 * are known at the end only, and storage wants the length first.
 *
 * @throws TaskFailure `damaged_file` when nothing can be copied
 */
export const remux = async (job: Job, spec: RemuxSpec): Promise<TaskResult> => {
  const folder = await mkdtemp(join(tmpdir(), "kinora-remux-"));
  const file = join(folder, "remuxed.mkv");
  try {
    const result = await runFfmpeg(job, [
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
        "matroska",
        file,
      ],
    ]);
    if (result.exitCode !== 0) throw encodeFailure(result);
    await using handle = await open(file);
    const { size } = await handle.stat();
    if (size >= spec.limits.maxOutputBytes)
      throw new TaskFailure("output_too_large", `${size} bytes`);
    await job.storage.putFile(outputPath(job, "remuxed"), handle, size, "video/x-matroska");
    return { kind: "remux", bytes: size };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
