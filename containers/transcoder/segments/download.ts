import { mkdtempDisposable, open } from "node:fs/promises";
import { join } from "node:path";
import type { FileHandle } from "node:fs/promises";
import type { TaskResult, TaskSpec } from "../../../workers/contract/transcode.ts";
import { TaskFailure } from "../runtime/failure.ts";
import {
  encodeFailure,
  type Job,
  outputMeter,
  outputPath,
  readInput,
  runFfmpeg,
} from "../runtime/task-run.ts";

export type DownloadSpec = Extract<TaskSpec, { kind: "download" }>;

const FORMATS = {
  mp4: { muxer: "mp4", contentType: "video/mp4", args: ["-movflags", "+faststart"] },
  m4a: { muxer: "ipod", contentType: "audio/mp4", args: ["-movflags", "+faststart"] },
  webm: { muxer: "webm", contentType: "video/webm", args: [] },
} as const;
/** The segments lie on the disk twice: as they were gathered, and in the file. */
const COPIES = 2;
/** Share of the work that gathering the segments is, for the progress. */
const GATHER_SHARE = 0.8;

/** The name of a film in letters that every file system and every header takes. */
const fileName = (title: string, format: DownloadSpec["format"]): string => {
  const plain = title
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^A-Za-z0-9]+/g, "-")
    .slice(0, 80)
    .replaceAll(/^-|-$/g, "");
  return `${plain || "film"}.${format}`;
};

/** How many media segments of a rendition the request names: `{rendition}/0`, `{rendition}/1`, ... */
const segmentCount = (job: Job, rendition: string): number => {
  let count = 0;
  while (job.request.inputs[`${rendition}/${count}`] !== undefined) count += 1;
  return count;
};

const gather = async (
  job: Job,
  file: FileHandle,
  rendition: string,
  onSegment: (bytes: number) => void,
): Promise<void> => {
  await file.write(await readInput(job, `${rendition}/init`));
  for (let index = 0; index < segmentCount(job, rendition); index += 1) {
    const segment = await readInput(job, `${rendition}/${index}`);
    onSegment(segment.length);
    await file.write(segment);
  }
};

/**
 * Puts finished segments into one file to download, without encoding anything again.
 *
 * @throws TaskFailure `output_too_large`, or what reading and writing the storage may throw
 */
export const makeDownload = async (job: Job, spec: DownloadSpec): Promise<TaskResult> => {
  const { muxer, contentType, args } = FORMATS[spec.format];
  const name = fileName(spec.title, spec.format);
  await using folder = await mkdtempDisposable(join(job.folder, "download-"));
  const total = spec.renditions.reduce((sum, rendition) => sum + segmentCount(job, rendition), 0);
  if (spec.renditions.some((rendition) => segmentCount(job, rendition) === 0))
    throw new TaskFailure("invalid_task", "no segments");
  const disk = outputMeter(job.diskLimit);
  let done = 0;
  const inputs: string[] = [];
  for (const [index, rendition] of spec.renditions.entries()) {
    const path = join(folder.path, `${index}.mp4`);
    await using file = await open(path, "w");
    await gather(job, file, rendition, (bytes) => {
      done += 1;
      disk(bytes * COPIES);
      job.emit({ type: "progress", ratio: (GATHER_SHARE * done) / total });
    });
    inputs.push(path);
  }
  const target = join(folder.path, name);
  const result = await runFfmpeg(job, [
    ...inputs.flatMap((path) => ["-f", "mov", "-i", path]),
    ...inputs.flatMap((_, index) => ["-map", String(index)]),
    ...[
      "-c",
      "copy",
      "-map_metadata",
      "-1",
      "-metadata",
      `title=${spec.title}`,
      ...args,
      "-f",
      muxer,
      target,
    ],
  ]);
  if (result.exitCode !== 0) throw encodeFailure(result);
  await using file = await open(target);
  const { size } = await file.stat();
  outputMeter(spec.limits.maxOutputBytes)(size);
  await job.storage.putFile(outputPath(job, "files") + name, file, size, contentType);
  return { kind: "download", file: name, bytes: size };
};
