import type { AudioSpec } from "../../../workers/domain/tasks/audio-specs.ts";
import type { RenditionOutput, TaskResult } from "../../../workers/contract/transcodes.ts";
import { TaskFailure } from "../runtime/failure.ts";
import type { ProcessOptions, ProcessResult } from "../runtime/process.ts";
import { PROGRESS_ARGS, progressReader } from "../runtime/progress.ts";
import {
  encodeFailure,
  outputMeter,
  outputPath,
  runFfmpeg,
  type TaskRun,
} from "../runtime/task-run.ts";
import { requireAllSegments, storeSegments } from "../segments/segment-store.ts";
import {
  audioInput,
  clockFilters,
  audioEncoderArgs,
  layoutOf,
  sampleRangeOf,
  scheduleOf,
  trackFilters,
  warmUpSegments,
} from "./audio-args.ts";
import { copyAudio } from "../passthrough/copy-audio.ts";
import { measureGain } from "./loudness.ts";

/** An inaudible difference: a track that could be copied is not encoded because of it. */
const MAX_IGNORED_GAIN_DB = 1;
/** Time between reports of stored segments, after the first one. */
const REPORT_INTERVAL_MS = 2000;

type EncodeOptions = Pick<ProcessOptions, "onLine" | "pipes">;

/** Encodes in one process. Fails with `changing_format` if the track changes its format. */
function encodeInOneProcess(
  run: TaskRun,
  spec: AudioSpec,
  gain: number | undefined,
  options: EncodeOptions,
): Promise<ProcessResult> {
  const filters = [...clockFilters(spec), ...trackFilters(spec, gain)].join(",");
  const args = [...audioInput(run, spec), "-af", filters, ...audioEncoderArgs(spec)];
  return runFfmpeg(run, [...PROGRESS_ARGS, ...args], options);
}

/**
 * Encodes a track that changes its format midway. ffmpeg reinitializes its filters at every change, and the track's
 * filters would start at 0 again. So one process converts the audio to one format, and a second one does the rest.
 */
async function encodeInTwoProcesses(
  run: TaskRun,
  spec: AudioSpec,
  gain: number | undefined,
  options: EncodeOptions,
): Promise<ProcessResult> {
  const layout = layoutOf(spec.rendition.channels);
  // NUT has no negative timestamps.
  const filters = [...clockFilters(spec), `aformat=channel_layouts=${layout}`, "atrim=start=0"];
  let encoded: ProcessResult | undefined;
  let isFullyRead = false;
  const decoded = await runFfmpeg(
    run,
    [
      ...[...audioInput(run, spec), "-af", filters.join(","), "-c:a", "pcm_f32le"],
      ...["-f", "nut", "pipe:3"],
    ],
    {
      pipes: [
        async (input) => {
          const args = [
            ...["-copyts", "-threads", "1", "-f", "nut", "-i", "pipe:0"],
            ...["-af", trackFilters(spec, gain).join(","), ...audioEncoderArgs(spec)],
          ];
          encoded = await runFfmpeg(run, [...PROGRESS_ARGS, ...args], { ...options, input });
          isFullyRead = input.readableEnded;
        },
      ],
    },
  );
  // A part stops reading before the source ends, which makes the first process fail.
  return encoded === undefined || (isFullyRead && decoded.exitCode !== 0) ? decoded : encoded;
}

/** @param report called with the output stored so far */
async function encodeWith(
  encode: typeof encodeInOneProcess,
  run: TaskRun,
  spec: AudioSpec,
  gain: number | undefined,
  report: (output: RenditionOutput) => void | Promise<void>,
): Promise<TaskResult> {
  const { id, sampleRate } = spec.rendition;
  const { start, end } = sampleRangeOf(spec);
  const schedule = scheduleOf(spec);
  let output: RenditionOutput | undefined;
  const result = await encode(run, spec, gain, {
    // A part's timestamps also count from the start of the video.
    onLine: progressReader("out_time_ms", end / sampleRate, (ratio) =>
      run.emit({ type: "progress", ratio: Math.max(0, (ratio * end - start) / (end - start)) }),
    ),
    pipes: [
      async (stream) => {
        output = await storeSegments(stream, {
          storage: run.storage,
          prefix: outputPath(run, id),
          firstSegment: spec.firstSegment ?? 0,
          warmUp: warmUpSegments(spec),
          segmentCount: spec.segmentCount,
          contentType: "audio/mp4",
          schedule,
          meter: outputMeter(spec.limits.maxOutputBytes),
          onSegment: report,
        });
      },
    ],
  });
  if (result.exitCode !== 0) throw encodeFailure(result);
  if (output === undefined)
    throw new TaskFailure("damaged_file", `the track has no decodable audio: ${result.stderr}`);
  requireAllSegments(output, schedule);
  return { kind: "media", outputs: { [id]: output } };
}

/**
 * Encodes a track or a part of it, or copies it if its format and loudness allow. Stored segments are reported while
 * the task runs: the first one at once, then every two seconds. After the first segment it waits for the first video
 * frames, because viewers need both to start.
 *
 * @throws TaskFailure `damaged_file` when the track has no decodable audio, `changing_format`
 */
export async function encodeAudio(run: TaskRun, spec: AudioSpec): Promise<TaskResult> {
  const { id, streamIndex, channels } = spec.rendition;
  const gain = spec.loudness
    ? await measureGain(run, spec.source, streamIndex, layoutOf(channels))
    : undefined;
  let reportedAt = 0;
  let reportedSegments = 0;
  async function report(soFar: RenditionOutput): Promise<void> {
    const { length } = soFar.segments;
    if (length > reportedSegments && Date.now() - reportedAt >= REPORT_INTERVAL_MS) {
      [reportedAt, reportedSegments] = [Date.now(), length];
      run.emit({ type: "segments", rendition: id, output: soFar });
    }
    if (length === 1) await run.waitForFirstFrames();
  }
  const keepsLoudness = gain === undefined || Math.abs(gain) <= MAX_IGNORED_GAIN_DB;
  if (spec.rendition.isCopyable === true && keepsLoudness) return copyAudio(run, spec, report);
  try {
    return await encodeWith(encodeInOneProcess, run, spec, gain, report);
  } catch (error) {
    if (!(error instanceof TaskFailure) || error.code !== "changing_format") throw error;
    return encodeWith(encodeInTwoProcesses, run, spec, gain, report);
  }
}
