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
  type Job,
  outputMeter,
  outputPath,
  runFfmpeg,
} from "../runtime/task-run.ts";
import { measureGain } from "./loudness.ts";
import { gridShift } from "../probe/probe-facts.ts";
import type { ProcessOptions, ProcessResult } from "../runtime/process.ts";
import { PROGRESS_ARGS, progressReader } from "../runtime/progress.ts";
import { requireWholeSegments, type Schedule, storeSegments } from "../segments/segment-store.ts";
import { sourceInput } from "../probe/source-input.ts";

/** Samples by which each encoder delays the sound. */
const PRIMING = { aac: 1024, opus: 312 } as const;
const ENCODERS = { aac: ["-c:a", "aac"], opus: ["-c:a", "libopus", "-strict", "-2"] } as const;
/** Linear; -1.5 dBTP. */
const PEAK = 0.84;
const LIMITER_ATTACK_MS = 5;
/** Oversampling that shows the limiter peaks between samples. */
const LIMITER_RATE = 96_000;
/** Seconds to seek before a part: decoders need a moment, too. */
const PREROLL = 1;
/** Milliseconds between reports of stored segments, after the first. */
const REPORT_MS = 2000;

/** Segments that a part makes before the first one that is stored. */
const runUpOf = ({ firstSegment = 0 }: AudioSpec): number => Math.min(1, firstSegment);

/**
 * Of which samples of the film a task makes frames. A part begins a segment before what is stored of it and ends a
 * segment after: there its resampler, limiter and encoder, whose frames overlap, are as in one encode of the whole.
 */
const rangeOf = (spec: AudioSpec): { start: number; end: number } => {
  const { firstSegment = 0, segmentCount = Infinity, rendition, segmentSeconds, duration } = spec;
  const length = segmentSamples(rendition, segmentSeconds);
  return {
    start: (firstSegment - runUpOf(spec)) * length,
    end: Math.min(
      Math.round(duration * rendition.sampleRate),
      (firstSegment + segmentCount + 1) * length,
    ),
  };
};

const layoutOf = (channels: number): string => (channels === 1 ? "mono" : "stereo");

/** Brings frames to the film's clock and rate; each by itself, so that they may change their format. */
const clockFilters = ({ rendition, source }: AudioSpec): string[] => [
  `asetpts=PTS-(${gridShift(source.video).toFixed(6)})/TB`,
  `aresample=${rendition.sampleRate}`,
];

/**
 * The filters of a track: from 0 of the clock on (late starts and gaps become silence), as long as the picture.
 *
 * Encoders delay the sound (AAC by 1024 samples), and players disagree on edit lists that undo it. So as many samples
 * are cut at the start: the priming then stands exactly in their place, at time 0, and everything after is in sync.
 * The limiter's look-ahead is made up for in the same way.
 *
 * @param gain decibels; undefined to leave the loudness as it is
 */
const trackFilters = (spec: AudioSpec, gain: number | undefined): string[] => {
  const { sampleRate, channels, codec } = spec.rendition;
  const delay = gain === undefined ? 0 : (sampleRate * LIMITER_ATTACK_MS) / 1000;
  const priming = PRIMING[codec];
  const { start, end } = rangeOf(spec);
  return [
    // first_pts counts samples of what comes in: so the rate was changed before. Without a resampler from the start on
    // (`res`) the first compensation makes one, for which older builds go back to first_pts: a film's length of silence.
    `aresample=async=1000:first_pts=${start}:min_hard_comp=0.02:flags=+res`,
    `aformat=sample_fmts=fltp:channel_layouts=${layoutOf(channels)}`,
    ...(gain === undefined
      ? []
      : [
          `volume=${gain.toFixed(2)}dB`,
          `aresample=${LIMITER_RATE}`,
          `alimiter=limit=${PEAK}:attack=${LIMITER_ATTACK_MS}:release=80:level=disabled`,
          `aresample=${sampleRate}`,
        ]),
    "apad",
    `atrim=start_sample=${priming + delay}:end_sample=${end - start + delay}`,
    // Padding after no sound at all has no time.
    `asetpts=N+${start + priming}`,
  ];
};

/** The sound of the source, from a little before what is wanted of it. */
const soundInput = (job: Job, spec: AudioSpec): string[] => {
  const from = rangeOf(spec).start / spec.rendition.sampleRate - PREROLL;
  const seek = from <= 0 ? [] : ["-noaccurate_seek", "-ss", from.toFixed(6)];
  return [
    ...["-copyts", "-start_at_zero", "-threads", "1"],
    ...sourceInput(inputUrl(job, "source"), spec.source.demuxer, seek),
    ...["-map", `0:${spec.rendition.streamIndex}`, "-vn"],
  ];
};

const encoderArgs = (spec: AudioSpec): string[] => {
  const { codec, sampleRate, bitrate, channels } = spec.rendition;
  // A segment ends with the frame that completes it.
  const samples = segmentSamples(spec.rendition, spec.segmentSeconds) - FRAME_SAMPLES[codec] / 2;
  return [
    ...[...ENCODERS[codec], "-b:a", String(bitrate), "-ac", String(channels)],
    ...["-map_metadata", "-1", "-fflags", "+bitexact", "-avoid_negative_ts", "disabled"],
    ...["-movflags", "+empty_moov+default_base_moof+frag_discont+skip_trailer"],
    ...["-fragment_index", String((spec.firstSegment ?? 0) - runUpOf(spec) + 1)],
    ...["-frag_duration", String(Math.round((samples / sampleRate) * 1_000_000))],
    ...["-f", "mp4", "pipe:3"],
  ];
};

const scheduleOf = (spec: AudioSpec): Schedule => {
  const { rendition, firstSegment = 0, segmentCount = Infinity } = spec;
  const length = segmentSamples(rendition, spec.segmentSeconds);
  const end = Math.min((firstSegment + segmentCount) * length, rangeOf(spec).end);
  const frameSeconds = FRAME_SAMPLES[rendition.codec] / rendition.sampleRate;
  return {
    frameSeconds,
    segmentSeconds: length / rendition.sampleRate,
    end: end / rendition.sampleRate,
    slack: 2 * frameSeconds,
  };
};

type Encode = (
  job: Job,
  spec: AudioSpec,
  gain: number | undefined,
  options: Pick<ProcessOptions, "onLine" | "pipes">,
) => Promise<ProcessResult>;

const encodeSteady: Encode = (job, spec, gain, options) => {
  const filters = [...clockFilters(spec), ...trackFilters(spec, gain)].join(",");
  const args = [...soundInput(job, spec), "-af", filters, ...encoderArgs(spec)];
  return runFfmpeg(job, [...PROGRESS_ARGS, ...args], options);
};

/**
 * With every new format ffmpeg begins its filters anew, and the track's would begin at 0 again. So one process brings
 * the sound to one format, and another, which sees no change, does the rest.
 */
const encodeChanging: Encode = async (job, spec, gain, options) => {
  const layout = layoutOf(spec.rendition.channels);
  // NUT knows no time before 0.
  const filters = [...clockFilters(spec), `aformat=channel_layouts=${layout}`, "atrim=start=0"];
  let encoded: ProcessResult | undefined;
  let isRead = false;
  const decoded = await runFfmpeg(
    job,
    [
      ...[...soundInput(job, spec), "-af", filters.join(","), "-c:a", "pcm_f32le"],
      ...["-f", "nut", "pipe:3"],
    ],
    {
      pipes: [
        async (input) => {
          const args = [
            ...["-copyts", "-threads", "1", "-f", "nut", "-i", "pipe:0"],
            ...["-af", trackFilters(spec, gain).join(","), ...encoderArgs(spec)],
          ];
          encoded = await runFfmpeg(job, [...PROGRESS_ARGS, ...args], { ...options, input });
          isRead = input.readableEnded;
        },
      ],
    },
  );
  // A part has its samples before the source ends.
  return encoded === undefined || (isRead && decoded.exitCode !== 0) ? decoded : encoded;
};

/** @param report gets what is stored so far */
const encodeBy = async (
  encode: Encode,
  job: Job,
  spec: AudioSpec,
  gain: number | undefined,
  report: (output: RenditionOutput) => void | Promise<void>,
): Promise<TaskResult> => {
  const { id, sampleRate } = spec.rendition;
  const { start, end } = rangeOf(spec);
  const schedule = scheduleOf(spec);
  let output: RenditionOutput | undefined;
  const result = await encode(job, spec, gain, {
    // The clock of the whole film runs in a part of it, too.
    onLine: progressReader("out_time_ms", end / sampleRate, (ratio) =>
      job.emit({ type: "progress", ratio: Math.max(0, (ratio * end - start) / (end - start)) }),
    ),
    pipes: [
      async (stream) => {
        output = await storeSegments(stream, {
          storage: job.storage,
          prefix: outputPath(job, id),
          firstSegment: spec.firstSegment ?? 0,
          runUp: runUpOf(spec),
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
  if (output === undefined) throw new TaskFailure("damaged_file", `no sound: ${result.stderr}`);
  requireWholeSegments(output, schedule);
  return { kind: "media", outputs: { [id]: output } };
};

/**
 * Encodes a track, or a part of it, and reports its segments while it goes on: the first at once, then every two
 * seconds. After the first it lets pictures go before, without which viewers cannot begin either.
 *
 * @throws TaskFailure `damaged_file` when there is no sound at all, `changing_format`
 */
export const encodeAudio = async (job: Job, spec: AudioSpec): Promise<TaskResult> => {
  const { id, streamIndex, channels } = spec.rendition;
  const gain = spec.loudness
    ? await measureGain(job, spec.source, streamIndex, layoutOf(channels))
    : undefined;
  let reportedAt = 0;
  let shown = 0;
  const report = async (soFar: RenditionOutput): Promise<void> => {
    const { length } = soFar.segments;
    if (length > shown && Date.now() - reportedAt >= REPORT_MS) {
      [reportedAt, shown] = [Date.now(), length];
      job.emit({ type: "segments", rendition: id, output: soFar });
    }
    if (length === 1) await job.firstPictures();
  };
  try {
    return await encodeBy(encodeSteady, job, spec, gain, report);
  } catch (error) {
    if (!(error instanceof TaskFailure) || error.code !== "changing_format") throw error;
    return encodeBy(encodeChanging, job, spec, gain, report);
  }
};
