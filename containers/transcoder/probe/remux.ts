import { mkdtempDisposable, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { TaskResult, TaskSpec } from "../../../workers/contract/transcodes.ts";
import { TaskFailure } from "../runtime/failure.ts";
import { freeBytes } from "../runtime/fitness.ts";
import {
  encodeFailure,
  inputUrl,
  type TaskRun,
  outputPath,
  peekInput,
  runFfmpeg,
} from "../runtime/task-run.ts";
import { mayBeCopied, showsSameFrames, videoAtZero } from "../passthrough/indexed-copy.ts";
import type { ProcessResult } from "../runtime/process.ts";
import { isCaptionCodec, isUntimedAudio } from "./accepted-formats.ts";
import type { Probed, ProbedStream } from "./ffprobe-output.ts";
import { isReadableAudio, trackNotices } from "./notices.ts";
import { makePicture } from "./picture.ts";
import { probeStreams, SNIFF_BYTES } from "./probe.ts";
import { hasOnlyAudio, readableVideoTracks } from "./source-info.ts";
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
/** Used only for sources whose tracks are all web-ready, since passthrough can copy them from it. */
const MP4 = { format: "mp4", contentType: "video/mp4" } as const;
/** A copy with a smaller share of its source's bytes lacks something that ffmpeg has left out. */
const MIN_COPY_SIZE_RATIO = 0.9;
/** Stores frames without presentation times. */
const AVI = { format: "avi", contentType: "video/x-msvideo" } as const;
/** Raw streams whose frames have no presentation times, and their tags in AVI. */
const UNTIMED_VIDEO: Readonly<Record<string, string>> = { h264: "H264", hevc: "HEVC" };
/**
 * Audio codecs of broadcasts and discs that neither container stores, and WavPack: Matroska stores no duration of its
 * blocks, so that the last one would be cut off.
 */
const UNSTORABLE_AUDIO = ["aac_latm", "s302m", "pcm_bluray", "pcm_dvd", "wavpack"];
/** Video codecs of web pages that neither container stores. */
const UNSTORABLE_VIDEO = ["flashsv2"];

interface Attempt {
  format: string;
  contentType: string;
  /** ffmpeg's mapping and codecs. */
  streams: readonly string[];
}

/** Container, mapping and codecs in the order of attempts: text captions may fail in one container and work in the other. */
function attemptsFor(run: TaskRun, { demuxer, mp4 }: RemuxSpec, probed: Probed): Attempt[] {
  const audio = probed.streams.filter((stream) =>
    isReadableAudio(stream, run.capabilities.decoders),
  );
  const captions = probed.streams.filter(
    (stream) => stream.codec_type === "subtitle" && isCaptionCodec(stream.codec_name),
  );
  function mapped(streams: readonly ProbedStream[]): string[] {
    return streams.flatMap(({ index }) => ["-map", `0:${index}`]);
  }
  const video = readableVideoTracks(probed);
  const media = [
    ...[...mapped([...video, ...audio]), "-c", "copy"],
    ...video.flatMap(({ codec_name: codec }, position) =>
      UNSTORABLE_VIDEO.includes(codec) ? [`-c:v:${position}`, "ffv1"] : [],
    ),
    ...audio.flatMap(({ codec_name: codec }, position) =>
      isUntimedAudio(demuxer, codec)
        ? [`-c:a:${position}`, "flac", `-filter:a:${position}`, "asetpts=N/SR/TB"]
        : [],
    ),
  ];
  const storable = [
    ...media,
    ...audio.flatMap(({ codec_name: codec }, position) =>
      UNSTORABLE_AUDIO.includes(codec) ? [`-c:a:${position}`, "flac"] : [],
    ),
  ];
  const attempts = [
    [...storable, ...mapped(captions)],
    storable,
    [...media, "-c:a", "flac"],
  ].flatMap((streams) => CONTAINERS.map((container) => ({ ...container, streams })));
  const tag = UNTIMED_VIDEO[demuxer];
  if (tag !== undefined) return [{ ...AVI, streams: [...media, "-tag:v", tag] }, ...attempts];
  const start = mp4 !== undefined && mayBeCopied(demuxer, probed) ? videoAtZero(probed) : undefined;
  const indexed = start ? [{ ...MP4, streams: [...media, ...start] }] : [];
  return mp4 === "only" ? indexed : [...indexed, ...attempts];
}

/** The tracks of the source; undefined if ffprobe crashes, as the 2018 build does for every transport stream. */
async function tryProbe(run: TaskRun, head: Buffer): Promise<Probed | undefined> {
  try {
    return await probeStreams(run, inputUrl(run, "source"), head);
  } catch (error) {
    if (error instanceof TaskFailure && error.code === "damaged_file" && error.log === "")
      return undefined;
    throw error;
  }
}

/** Attempts that do not know the tracks. ffmpeg lists their codecs before it complains that it has no output. */
async function blindAttempts(run: TaskRun, { demuxer, mp4 }: RemuxSpec): Promise<Attempt[]> {
  if (mp4 === "only") return [];
  const { stderr } = await runFfmpeg(run, sourceInput(inputUrl(run, "source"), demuxer), {
    level: "info",
  });
  const media = ["-map", "0:v?", "-map", "0:a?", "-c", "copy"];
  const reencoded = [...media, "-c:a", "flac"];
  const codecs = [...stderr.matchAll(/Audio: (\w+)/g)].map(([, codec = ""]) => codec);
  const first = codecs.some((codec) => UNSTORABLE_AUDIO.includes(codec)) ? reencoded : media;
  return [[...first, "-map", "0:s?"], first, reencoded].flatMap((streams) =>
    CONTAINERS.map((container) => ({ ...container, streams })),
  );
}

/** @param picture a file with the video track, if the source has none */
function copy(
  run: TaskRun,
  spec: RemuxSpec,
  streams: readonly string[],
  format: string,
  file: string,
  picture: string | undefined,
): Promise<ProcessResult> {
  return runFfmpeg(run, [
    ...["-fflags", "+genpts", ...sourceInput(inputUrl(run, "source"), spec.demuxer)],
    ...(picture === undefined ? [] : ["-i", picture, "-map", "1:v"]),
    ...[...streams, "-fs", String(spec.limits.maxOutputBytes), "-f", format, file],
  ]);
}

const UNCHANGED: TaskResult = { kind: "remux", isUnchanged: true };

/** Whether a copy shows the frames of the source. */
function isFaithful(run: TaskRun, { demuxer }: RemuxSpec, file: string): Promise<boolean> {
  return showsSameFrames(run, sourceInput(inputUrl(run, "source"), demuxer), ["-i", file]);
}

/**
 * Copies the tracks into a container with an index, so that later tasks can seek. An audio file gets an image. The copy
 * is written to the disk first: the index is known only at the end, and the storage needs the size in advance.
 * @throws TaskFailure `too_large_to_remux` when the disk is too small for a copy, `runner_disk_full` when it is too
 * full, `damaged_file` when nothing can be copied, `output_too_large`
 */
export async function remux(run: TaskRun, spec: RemuxSpec): Promise<TaskResult> {
  const { bytes: head, size: sourceBytes } = await peekInput(run, "source", SNIFF_BYTES);
  const isOptional = spec.mp4 === "only";
  const free = await freeBytes(run.folder);
  const needed = sourceBytes * MAX_COPY_SIZE_RATIO;
  if (isOptional && needed > Math.min(run.maxDiskBytes, free)) return UNCHANGED;
  if (needed > run.maxDiskBytes)
    throw new TaskFailure("too_large_to_remux", `${sourceBytes} bytes`);
  if (needed > free)
    throw new TaskFailure("runner_disk_full", `${sourceBytes} bytes, ${free} are free`);
  const probed = await tryProbe(run, head);
  const notices = probed === undefined ? [] : trackNotices(probed, run.capabilities.decoders);
  const attempts =
    probed === undefined ? await blindAttempts(run, spec) : attemptsFor(run, spec, probed);
  await using folder = await mkdtempDisposable(join(run.folder, "remux-"));
  const picture =
    spec.picture === true && probed !== undefined && hasOnlyAudio(run, probed)
      ? await makePicture(run, probed, spec.demuxer, folder.path)
      : undefined;
  let failure: TaskFailure | undefined;
  for (const { format, contentType, streams } of attempts) {
    const file = join(folder.path, format);
    const result = await copy(run, spec, streams, format, file, picture);
    if (result.exitCode !== 0) {
      failure ??= encodeFailure(result);
      await rm(file, { force: true });
      continue;
    }
    await using handle = await open(file);
    const { size } = await handle.stat();
    // A transport stream may be padded.
    const isWhole = !isOptional || size >= sourceBytes * MIN_COPY_SIZE_RATIO;
    if (format === MP4.format && !(isWhole && (await isFaithful(run, spec, file)))) {
      // The disk may have no room for two copies.
      await rm(file);
      continue;
    }
    if (size >= spec.limits.maxOutputBytes)
      throw new TaskFailure("output_too_large", `${size} bytes`);
    await run.storage.putFile(outputPath(run, "remuxed"), handle, size, contentType);
    return notices.length > 0 ? { kind: "remux", notices } : { kind: "remux" };
  }
  if (isOptional) return UNCHANGED;
  throw failure ?? new TaskFailure("damaged_file");
}
