import { mkdtempDisposable, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FrameRange } from "../../../workers/contract/edit-parts.ts";
import type { TaskResult } from "../../../workers/contract/transcodes.ts";
import { EDITED_PART_NAME } from "../../../workers/domain/tasks/segment-names.ts";
import { countFrames } from "../../../workers/domain/edit-timeline.ts";
import { pictureInput } from "../images/uploaded-poster.ts";
import { demuxerOf } from "../probe/accepted-formats.ts";
import { isReadableAudio } from "../probe/notices.ts";
import { probeStreams, SNIFF_BYTES } from "../probe/probe.ts";
import { audioStream } from "../probe/stream-facts.ts";
import { rateOf } from "../probe/frame-rate.ts";
import { TaskFailure } from "../runtime/failure.ts";
import { freeBytes } from "../runtime/fitness.ts";
import type { ProcessResult } from "../runtime/process.ts";
import { PROGRESS_ARGS, progressReader } from "../runtime/progress.ts";
import {
  encodeFailure,
  inputUrl,
  outputMeter,
  outputPath,
  peekInput,
  runFfmpeg,
  type TaskRun,
} from "../runtime/task-run.ts";
import { type EditSpec, joinArgs, type OtherTrack, partArgs } from "./edit-args.ts";

/** The joined file's largest size relative to its parts, to which joining adds an index. */
const MAX_JOINED_SIZE_RATIO = 1.05;
const BYTES_PER_SAMPLE = 2;

/** Runs ffmpeg and reports how many frames are done. */
async function render(
  run: TaskRun,
  args: readonly string[],
  frames: number,
): Promise<ProcessResult> {
  let done = 0;
  const report = progressReader("frame", frames, (ratio) => run.emit({ type: "progress", ratio }));
  const result = await runFfmpeg(run, [...PROGRESS_ARGS, ...args], {
    onLine: (line) => {
      report(line);
      done = Number(/^frame=\s*(\d+)/.exec(line)?.[1] ?? done);
    },
  });
  if (result.exitCode !== 0) throw encodeFailure(result);
  // The last line of the progress counts all frames.
  if (done !== frames) throw new TaskFailure("changing_format", `${done} of ${frames} frames`);
  return result;
}

async function store(
  run: TaskRun,
  { limits }: EditSpec,
  path: string,
  file: string,
  contentType: string,
): Promise<void> {
  await using handle = await open(file);
  const { size } = await handle.stat();
  outputMeter(limits.maxOutputBytes)(size);
  await run.storage.putFile(path, handle, size, contentType);
}

/** Renders one part. If the video changes its size or format, it is rendered again with filters that allow it. */
async function renderPart(run: TaskRun, spec: EditSpec, part: FrameRange): Promise<TaskResult> {
  await using folder = await mkdtempDisposable(join(run.folder, "edit-"));
  const file = join(folder.path, EDITED_PART_NAME);
  const url = inputUrl(run, "source");
  const frames = countFrames([part]);
  const picture = spec.watermark ? await pictureInput(run, "watermark") : [];
  const { capabilities, threads } = run;
  const attempt = (changing: boolean) =>
    render(
      run,
      partArgs(spec, part, { url, picture, capabilities, threads, changing, file }),
      frames,
    );
  try {
    await attempt(false);
  } catch (error) {
    if (!(error instanceof TaskFailure) || error.code !== "changing_format") throw error;
    await attempt(true);
  }
  await store(run, spec, outputPath(run, "files") + EDITED_PART_NAME, file, "video/mp4");
  return { kind: "edited" };
}

/** Names of the inputs that are parts, in order. */
function partNames(run: TaskRun): string[] {
  const names: string[] = [];
  while (run.request.inputs[`part/${names.length}`] !== undefined)
    names.push(`part/${names.length}`);
  return names;
}

/** The first audio track of the uploaded file. @throws TaskFailure `unreadable_audio` */
async function otherTrack(run: TaskRun): Promise<OtherTrack> {
  const url = inputUrl(run, "audio");
  const { bytes: head } = await peekInput(run, "audio", SNIFF_BYTES);
  const { streams, format } = await probeStreams(run, url, head);
  const demuxer = demuxerOf(format.format_name);
  const stream = streams.find((one) => isReadableAudio(one, run.capabilities.decoders));
  if (demuxer === undefined || stream === undefined)
    throw new TaskFailure("unreadable_audio", format.format_name);
  return { url, demuxer, track: audioStream(stream, format.start_time) };
}

/**
 * Joins the parts with the audio of the kept ranges, which is cut exactly at the sample. The file is written to the
 * disk first, because its index is known only at the end.
 */
async function joinParts(run: TaskRun, spec: EditSpec): Promise<TaskResult> {
  const names = partNames(run);
  const sizes = await Promise.all(names.map((name) => peekInput(run, name, 1)));
  const frames = countFrames(spec.keep);
  const seconds = frames / rateOf(spec.rendition.frameRate);
  const audioBytes = spec.source.audio.reduce(
    (sum, { channels, sampleRate }) => sum + seconds * channels * sampleRate * BYTES_PER_SAMPLE,
    0,
  );
  const bytes = MAX_JOINED_SIZE_RATIO * sizes.reduce((sum, { size }) => sum + size, audioBytes);
  if (bytes > run.maxDiskBytes) throw new TaskFailure("too_large_to_remux", `${bytes} bytes`);
  if (bytes > (await freeBytes(run.folder)))
    throw new TaskFailure("runner_disk_full", `${bytes} bytes are needed`);
  await using folder = await mkdtempDisposable(join(run.folder, "join-"));
  const list = join(folder.path, "parts.txt");
  await writeFile(list, names.map((name) => `file '${inputUrl(run, name)}'\n`).join(""));
  const file = join(folder.path, "edited.mkv");
  const other = spec.audio && (await otherTrack(run));
  await render(run, joinArgs(spec, list, inputUrl(run, "source"), file, other), frames);
  await store(run, spec, outputPath(run, "remuxed"), file, "video/x-matroska");
  return { kind: "remux" };
}

/**
 * Makes the source of an edited version, or a part of it, with exactly the kept frames and samples.
 * @throws TaskFailure `too_large_to_remux`, `runner_disk_full`, `changing_format`, `output_too_large`
 */
export function editSource(run: TaskRun, spec: EditSpec): Promise<TaskResult> {
  return spec.part === undefined ? joinParts(run, spec) : renderPart(run, spec, spec.part);
}
