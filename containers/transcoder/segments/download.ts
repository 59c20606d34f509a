import { mkdtempDisposable, open } from "node:fs/promises";
import { join } from "node:path";
import type { FileHandle } from "node:fs/promises";
import type { TaskResult, TaskSpec } from "../../../workers/contract/transcodes.ts";
import { TaskFailure } from "../runtime/failure.ts";
import {
  encodeFailure,
  type TaskRun,
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
/** Every segment is on the disk twice: in its rendition's file and in the result. */
const COPIES_ON_DISK = 2;
/** Share of the progress that fetching the segments takes. */
const FETCH_PROGRESS_SHARE = 0.8;
const MAX_NAME_CHARACTERS = 80;

/** A file name from the video's title, in ASCII that every file system and HTTP header accepts. */
function fileName(title: string, format: DownloadSpec["format"]): string {
  const plain = title
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^A-Za-z0-9]+/g, "-")
    .slice(0, MAX_NAME_CHARACTERS)
    .replaceAll(/^-|-$/g, "");
  return `${plain || "video"}.${format}`;
}

/** How many media segments of a rendition the request's inputs contain: `{rendition}/0`, `{rendition}/1` and so on. */
function segmentCount(run: TaskRun, rendition: string): number {
  let count = 0;
  while (run.request.inputs[`${rendition}/${count}`] !== undefined) count += 1;
  return count;
}

/** Concatenates a rendition's init segment and media segments into a file. */
async function fetchRendition(
  run: TaskRun,
  file: FileHandle,
  rendition: string,
  onSegment: (bytes: number) => void,
): Promise<void> {
  await file.write(await readInput(run, `${rendition}/init`));
  for (let index = 0; index < segmentCount(run, rendition); index += 1) {
    const segment = await readInput(run, `${rendition}/${index}`);
    onSegment(segment.length);
    await file.write(segment);
  }
}

/**
 * Muxes stored segments into one file to download, without encoding again.
 *
 * @throws TaskFailure `output_too_large`, `invalid_task`, `source_unreachable`, `storage_failed`
 */
export async function makeDownload(run: TaskRun, spec: DownloadSpec): Promise<TaskResult> {
  const { muxer, contentType, args } = FORMATS[spec.format];
  const name = fileName(spec.title, spec.format);
  await using folder = await mkdtempDisposable(join(run.folder, "download-"));
  const total = spec.renditions.reduce((sum, rendition) => sum + segmentCount(run, rendition), 0);
  if (spec.renditions.some((rendition) => segmentCount(run, rendition) === 0))
    throw new TaskFailure("invalid_task", "a rendition has no segments");
  const countDiskBytes = outputMeter(run.maxDiskBytes);
  let done = 0;
  const inputs: string[] = [];
  for (const [index, rendition] of spec.renditions.entries()) {
    const path = join(folder.path, `${index}.mp4`);
    await using file = await open(path, "w");
    await fetchRendition(run, file, rendition, (bytes) => {
      done += 1;
      countDiskBytes(bytes * COPIES_ON_DISK);
      run.emit({ type: "progress", ratio: (FETCH_PROGRESS_SHARE * done) / total });
    });
    inputs.push(path);
  }
  const target = join(folder.path, name);
  const result = await runFfmpeg(run, [
    ...inputs.flatMap((path) => ["-f", "mov", "-i", path]),
    ...inputs.flatMap((_, index) => ["-map", String(index)]),
    ...["-c", "copy", "-map_metadata", "-1", "-metadata", `title=${spec.title}`, ...args],
    ...["-f", muxer, target],
  ]);
  if (result.exitCode !== 0) throw encodeFailure(result);
  await using file = await open(target);
  const { size } = await file.stat();
  outputMeter(spec.limits.maxOutputBytes)(size);
  await run.storage.putFile(outputPath(run, "files") + name, file, size, contentType);
  return { kind: "download", file: name, bytes: size };
}
