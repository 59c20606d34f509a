import {
  type AudioSpec,
  FRAME_SAMPLES,
  segmentSamples,
} from "../../../workers/domain/tasks/audio-specs.ts";
import { firstTwoOfTrack } from "../probe/discrete-channels.ts";
import { gridShift } from "../probe/source-info.ts";
import { sourceInput } from "../probe/source-input.ts";
import { inputUrl, type TaskRun } from "../runtime/task-run.ts";
import type { Schedule } from "../segments/segment-store.ts";

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

/** Number of segments before its first one that a part encodes without storing them. */
export function warmUpSegments({ firstSegment = 0 }: AudioSpec): number {
  return Math.min(1, firstSegment);
}

/**
 * The samples that a task encodes, counted from the start of the video. A part begins one segment early and ends one
 * segment late, so that its resampler, limiter and encoder, whose frames overlap, are in the same state as in a single
 * encode of the whole track.
 */
export function sampleRangeOf(spec: AudioSpec): { start: number; end: number } {
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

export const layoutOf = (channels: number): string => (channels === 1 ? "mono" : "stereo");

/** Converts each frame to the output's clock and sample rate. It works on single frames, so their format may change. */
export function clockFilters({ rendition, source }: AudioSpec): string[] {
  return [
    ...firstTwoOfTrack(source, rendition.streamIndex),
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
export function trackFilters(spec: AudioSpec, gain: number | undefined): string[] {
  const { sampleRate, channels, codec } = spec.rendition;
  const delay = gain === undefined ? 0 : (sampleRate * LIMITER_ATTACK_MS) / 1000;
  const priming = PRIMING_SAMPLES[codec];
  const { start, end } = sampleRangeOf(spec);
  return [
    // first_pts counts input samples, so the rate must have been converted before. `res` creates the resampler at the
    // start; otherwise the first compensation would, and older builds would then fill with silence from first_pts
    // again.
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
export function audioInput(run: TaskRun, spec: AudioSpec): string[] {
  const from = sampleRangeOf(spec).start / spec.rendition.sampleRate - PREROLL_SECONDS;
  const seek = from <= 0 ? [] : ["-noaccurate_seek", "-ss", from.toFixed(6)];
  return [
    ...["-copyts", "-start_at_zero", "-threads", "1"],
    ...sourceInput(inputUrl(run, "source"), spec.source.demuxer, seek),
    ...["-map", `0:${spec.rendition.streamIndex}`, "-vn"],
  ];
}

export function audioEncoderArgs(spec: AudioSpec): string[] {
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

export function scheduleOf(spec: AudioSpec): Schedule {
  const { rendition, firstSegment = 0, segmentCount = Infinity } = spec;
  const length = segmentSamples(rendition, spec.segmentSeconds);
  const end = Math.min((firstSegment + segmentCount) * length, sampleRangeOf(spec).end);
  const frameSeconds = FRAME_SAMPLES[rendition.codec] / rendition.sampleRate;
  return {
    frameSeconds,
    startSeconds: (segment) => (segment * length) / rendition.sampleRate,
    endSeconds: end / rendition.sampleRate,
    toleranceSeconds: 2 * frameSeconds,
  };
}
