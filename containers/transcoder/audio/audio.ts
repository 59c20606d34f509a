import {
  type AudioSpec,
  segmentSamples,
  FRAME_SAMPLES,
} from "../../../workers/domain/audio-specs.ts";
import type { RenditionOutput, TaskResult } from "../../../workers/contract/transcode.ts";
import { TaskFailure } from "../runtime/failure.ts";
import {
  encodeFailure,
  inputUrl,
  type TaskRun,
  outputMeter,
  outputPath,
  runFfmpeg,
} from "../runtime/task-run.ts";
import { measureGain } from "./loudness.ts";
import { gridShift } from "../probe/source-info.ts";
import type { ProcessOptions, ProcessResult } from "../runtime/process.ts";
import { PROGRESS_ARGS, progressReader } from "../runtime/progress.ts";
import { requireAllSegments, type Schedule, storeSegments } from "../segments/segment-store.ts";
import { sourceInput } from "../probe/source-input.ts";

/** Samples by which each encoder delays its output. */
const PRIMING_SAMPLES = { aac: 1024, opus: 312 } as const;
const ENCODERS = { aac: ["-c:a", "aac"], opus: ["-c:a", "libopus", "-strict", "-2"] } as const;
/** -1.5 dBTP as a linear factor. */
const MAX_PEAK = 0.84;
const LIMITER_ATTACK_MS = 5;
/** Oversampled, so that the limiter also sees peaks between samples. */
const LIMITER_SAMPLE_RATE = 96_000;
/** How far before a part to seek: decoders need some data before their output is correct. */
const PREROLL_SECONDS = 1;
/** Between reports of stored segments, after the first one. */
const REPORT_INTERVAL_MS = 2000;

/** How many segments a part encodes, but does not store, before its first one. */
const warmUpSegments = ({ firstSegment = 0 }: AudioSpec): number => Math.min(1, firstSegment);

/**
 * The samples that a task encodes, counted from the start of the video. A part begins one segment early and ends one
 * segment late, so that its resampler, limiter and encoder, whose frames overlap, are in the same state as in a single
 * encode of the whole track.
 */
function sampleRangeOf(spec: AudioSpec): { start: number; end: number } {
  const { firstSegment = 0, segmentCount = Infinity, rendition, segmentSeconds, duration } = spec;
  const length = segmentSamples(rendition, segmentSeconds);
  return {
    start: (firstSegment - warmUpSegments(spec)) * length,
    end: Math.min(
      Math.round(duration * rendition.sampleRate),
      (firstSegment + segmentCount + 1) * length,
    ),
  };
}

const layoutOf = (channels: number): string => (channels === 1 ? "mono" : "stereo");

/** Converts each frame to the output's clock and sample rate. Works on single frames, so their format may change. */
function clockFilters({ rendition, source }: AudioSpec): string[] {
  return [
    `asetpts=PTS-(${gridShift(source.video).toFixed(6)})/TB`,
    `aresample=${rendition.sampleRate}`,
  ];
}

/**
 * The filters of a track. Its output begins at time 0 (a late start and gaps become silence) and lasts as long as the
 * video.
 *
 * Encoders delay their output (AAC by 1024 samples), and players disagree on the edit lists that compensate for it. So
 * the same number of samples is cut at the start: the encoder's priming takes their place at time 0, and everything
 * after it is in sync. The limiter's look-ahead is compensated for in the same way.
 *
 * @param gain decibels; undefined to keep the loudness
 */
function trackFilters(spec: AudioSpec, gain: number | undefined): string[] {
  const { sampleRate, channels, codec } = spec.rendition;
  const delay = gain === undefined ? 0 : (sampleRate * LIMITER_ATTACK_MS) / 1000;
  const priming = PRIMING_SAMPLES[codec];
  const { start, end } = sampleRangeOf(spec);
  return [
    // first_pts counts input samples, so the rate must have been converted before. `res` creates the resampler at the
    // start; otherwise the first compensation would, and older builds would then fill with silence from first_pts again.
    `aresample=async=1000:first_pts=${start}:min_hard_comp=0.02:flags=+res`,
    `aformat=sample_fmts=fltp:channel_layouts=${layoutOf(channels)}`,
    ...(gain === undefined
      ? []
      : [
          `volume=${gain.toFixed(2)}dB`,
          `aresample=${LIMITER_SAMPLE_RATE}`,
          `alimiter=limit=${MAX_PEAK}:attack=${LIMITER_ATTACK_MS}:release=80:level=disabled`,
          `aresample=${sampleRate}`,
        ]),
    "apad",
    `atrim=start_sample=${priming + delay}:end_sample=${end - start + delay}`,
    // If there is no audio at all, the padding has no timestamps.
    `asetpts=N+${start + priming}`,
  ];
}

/** Input options for the audio track, from a little before the samples that are needed. */
function audioInput(run: TaskRun, spec: AudioSpec): string[] {
  const from = sampleRangeOf(spec).start / spec.rendition.sampleRate - PREROLL_SECONDS;
  const seek = from <= 0 ? [] : ["-noaccurate_seek", "-ss", from.toFixed(6)];
  return [
    ...["-copyts", "-start_at_zero", "-threads", "1"],
    ...sourceInput(inputUrl(run, "source"), spec.source.demuxer, seek),
    ...["-map", `0:${spec.rendition.streamIndex}`, "-vn"],
  ];
}

function encoderArgs(spec: AudioSpec): string[] {
  const { codec, sampleRate, bitrate, channels } = spec.rendition;
  // The muxer ends a segment with the frame that reaches this duration.
  const samples = segmentSamples(spec.rendition, spec.segmentSeconds) - FRAME_SAMPLES[codec] / 2;
  return [
    ...[...ENCODERS[codec], "-b:a", String(bitrate), "-ac", String(channels)],
    ...["-map_metadata", "-1", "-fflags", "+bitexact", "-avoid_negative_ts", "disabled"],
    ...["-movflags", "+empty_moov+default_base_moof+frag_discont+skip_trailer"],
    ...["-fragment_index", String((spec.firstSegment ?? 0) - warmUpSegments(spec) + 1)],
    ...["-frag_duration", String(Math.round((samples / sampleRate) * 1_000_000))],
    ...["-f", "mp4", "pipe:3"],
  ];
}

function scheduleOf(spec: AudioSpec): Schedule {
  const { rendition, firstSegment = 0, segmentCount = Infinity } = spec;
  const length = segmentSamples(rendition, spec.segmentSeconds);
  const end = Math.min((firstSegment + segmentCount) * length, sampleRangeOf(spec).end);
  const frameSeconds = FRAME_SAMPLES[rendition.codec] / rendition.sampleRate;
  return {
    frameSeconds,
    segmentSeconds: length / rendition.sampleRate,
    endSeconds: end / rendition.sampleRate,
    toleranceSeconds: 2 * frameSeconds,
  };
}

type Encode = (
  run: TaskRun,
  spec: AudioSpec,
  gain: number | undefined,
  options: Pick<ProcessOptions, "onLine" | "pipes">,
) => Promise<ProcessResult>;

/** Encodes in one process. Fails with `changing_format` if the track changes its format. */
function encodeInOneProcess(...[run, spec, gain, options]: Parameters<Encode>): ReturnType<Encode> {
  const filters = [...clockFilters(spec), ...trackFilters(spec, gain)].join(",");
  const args = [...audioInput(run, spec), "-af", filters, ...encoderArgs(spec)];
  return runFfmpeg(run, [...PROGRESS_ARGS, ...args], options);
}

/**
 * Encodes a track that changes its format midway. ffmpeg reinitializes its filters at every change, and the track's
 * filters would start at 0 again. So one process converts the audio to one format, and a second one does the rest.
 */
async function encodeInTwoProcesses(
  ...[run, spec, gain, options]: Parameters<Encode>
): ReturnType<Encode> {
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
            ...["-af", trackFilters(spec, gain).join(","), ...encoderArgs(spec)],
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
  encode: Encode,
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
 * Encodes a track, or a part of it. Stored segments are reported while the task runs: the first one at once, then every
 * two seconds. After the first segment it waits for the first video frames, because viewers need both to start.
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
  try {
    return await encodeWith(encodeInOneProcess, run, spec, gain, report);
  } catch (error) {
    if (!(error instanceof TaskFailure) || error.code !== "changing_format") throw error;
    return encodeWith(encodeInTwoProcesses, run, spec, gain, report);
  }
}
