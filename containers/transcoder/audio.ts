import type { RenditionOutput, TaskResult, TaskSpec } from "../../workers/contract/transcode.ts";
import { TaskFailure } from "./failure.ts";
import { encodeFailure, inputUrl, type Job, outputMeter, outputPath, runFfmpeg } from "./job.ts";
import { measureGain } from "./loudness.ts";
import { gridShift } from "./probe-facts.ts";
import { PROGRESS_ARGS, progressReader } from "./progress.ts";
import { storeSegments } from "./segment-store.ts";
import { sourceInput } from "./source.ts";

export type AudioSpec = Extract<TaskSpec, { kind: "audio" }>;

/** Samples by which each encoder delays the sound. */
const PRIMING = { aac: 1024, opus: 312 } as const;
const ENCODERS = { aac: ["-c:a", "aac"], opus: ["-c:a", "libopus", "-strict", "-2"] } as const;
/** Linear; -1.5 dBTP. */
const PEAK = 0.84;
const LIMITER_ATTACK_MS = 5;
/** Oversampling that shows the limiter peaks between samples. */
const LIMITER_RATE = 96_000;
/** Milliseconds between reports of stored segments, after the first. */
const REPORT_MS = 2000;

const layoutOf = (channels: number): string => (channels === 1 ? "mono" : "stereo");

/**
 * The filters of a track: on the film's clock from 0 (late starts and gaps become silence), as long as the picture.
 *
 * Encoders delay the sound (AAC by 1024 samples), and players disagree on edit lists that undo it. So as many samples
 * are cut at the start: the priming then stands exactly in their place, at time 0, and everything after is in sync.
 * The limiter's look-ahead is made up for in the same way.
 *
 * @param gain decibels; undefined to leave the loudness as it is
 */
const audioFilters = (spec: AudioSpec, gain: number | undefined): string => {
  const { sampleRate, channels, codec } = spec.rendition;
  const delay = gain === undefined ? 0 : (sampleRate * LIMITER_ATTACK_MS) / 1000;
  const priming = PRIMING[codec];
  return [
    `asetpts=PTS-(${gridShift(spec.source.video).toFixed(6)})/TB`,
    `aresample=${sampleRate}:async=1000:first_pts=0:min_hard_comp=0.02`,
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
    `atrim=start_sample=${priming + delay}:end=${spec.duration + delay / sampleRate}`,
    ...(delay === 0 ? [] : [`asetpts=PTS-${delay}`]),
  ].join(",");
};

const audioArgs = (spec: AudioSpec, url: string, gain: number | undefined): string[] => [
  ...["-copyts", "-start_at_zero", "-threads", "1"],
  ...sourceInput(url, spec.source.demuxer),
  ...["-map", `0:${spec.rendition.streamIndex}`, "-vn", "-af", audioFilters(spec, gain)],
  ...[
    ...ENCODERS[spec.rendition.codec],
    "-b:a",
    String(spec.rendition.bitrate),
    "-ac",
    String(spec.rendition.channels),
  ],
  ...["-map_metadata", "-1", "-fflags", "+bitexact", "-avoid_negative_ts", "disabled"],
  ...["-movflags", "+empty_moov+default_base_moof+frag_discont+skip_trailer"],
  ...["-frag_duration", String(Math.round(spec.segmentSeconds * 1_000_000)), "-f", "mp4", "pipe:3"],
];

/**
 * Encodes one whole track and reports its segments while it goes on: the first at once, then every two seconds.
 *
 * @throws TaskFailure `damaged_file` when there is no sound at all
 */
export const encodeAudio = async (job: Job, spec: AudioSpec): Promise<TaskResult> => {
  const { id, streamIndex, channels } = spec.rendition;
  const gain = spec.loudness
    ? await measureGain(job, spec.source, streamIndex, layoutOf(channels))
    : undefined;
  let output: RenditionOutput | undefined;
  let reportedAt = 0;
  const result = await runFfmpeg(
    job,
    [...PROGRESS_ARGS, ...audioArgs(spec, inputUrl(job, "source"), gain)],
    {
      onLine: progressReader("out_time_ms", spec.duration, (ratio) =>
        job.emit({ type: "progress", ratio }),
      ),
      pipes: [
        async (stream) => {
          output = await storeSegments(stream, {
            storage: job.storage,
            prefix: outputPath(job, id),
            firstSegment: 0,
            contentType: "audio/mp4",
            meter: outputMeter(spec.limits.maxOutputBytes),
            onSegment: (soFar) => {
              if (Date.now() - reportedAt < REPORT_MS) return;
              reportedAt = Date.now();
              job.emit({ type: "segments", rendition: id, output: soFar });
            },
          });
        },
      ],
    },
  );
  if (result.exitCode !== 0) throw encodeFailure(result);
  if (output === undefined) throw new TaskFailure("damaged_file", `no sound: ${result.stderr}`);
  return { kind: "media", outputs: { [id]: output } };
};
