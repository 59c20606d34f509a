import type { AudioStream, SourceInfo } from "../../../workers/contract/source.ts";
import { FRAME_SAMPLES } from "../../../workers/domain/tasks/audio-specs.ts";
import { gridShift } from "../probe/source-info.ts";
import { AUDIO_ENTRY_BYTES, decoderSpecificInfo } from "../segments/codecs.ts";
import { requireBox } from "../segments/mp4-boxes.ts";
import type { Mp4Track } from "./mp4-index.ts";

const WEB_SAMPLE_RATES = [44_100, 48_000];
const FRAME = FRAME_SAMPLES.aac;
/** Object type of AAC-LC (ISO/IEC 14496-3, 1.5.1.1). */
const AAC_LC = 2;
/** 0x2b7 and the object type of SBR: an extension follows (ISO/IEC 14496-3, 1.6.2.1). */
const SBR_EXTENSION = 0x56e5;
/** How many frames may be missing at either end, where viewers hear a moment of silence. */
const MAX_MISSING_FRAMES = 2;

/** The AudioSpecificConfig of an AAC track. @throws Error */
export function audioConfiguration({ entry }: Mp4Track): Buffer {
  return decoderSpecificInfo(entry, requireBox(entry, ["esds"], AUDIO_ENTRY_BYTES));
}

function isWebCodec(track: Mp4Track, stream: AudioStream): boolean {
  if (track.handler !== "soun" || track.entryType !== "mp4a" || stream.codec !== "aac")
    return false;
  // QuickTime's other versions have a longer entry.
  if (track.entry.readUInt16BE(8) !== 0) return false;
  const configuration = audioConfiguration(track);
  const bits = configuration.readUInt16BE(0);
  const channels = (bits >> 3) & 0xf;
  const hasPlainFrames = (bits & 0x7) === 0;
  const hasSbr =
    configuration.length >= 5 &&
    configuration.readUInt16BE(2) === SBR_EXTENSION &&
    (configuration.readUInt8(4) & 0x80) !== 0;
  return (
    bits >> 11 === AAC_LC &&
    hasPlainFrames &&
    !hasSbr &&
    [1, 2].includes(channels) &&
    channels === stream.channels &&
    WEB_SAMPLE_RATES.includes(stream.sampleRate) &&
    track.timescale === stream.sampleRate
  );
}

/** When the file's own clock starts, as ffmpeg counts: the earliest start of its tracks, in seconds. */
function fileStart(video: Mp4Track, source: SourceInfo): number {
  const { samples, timescale, presentation } = video;
  const first = samples.times.reduce((least, time) => Math.min(least, time), Infinity) / timescale;
  return presentation.start + first - presentation.mediaStart - source.video.startTime;
}

export interface AudioFrames {
  /** The first frame to publish; earlier ones lie before the start of the video. */
  first: number;
  /** When it starts, in samples from the start of the video. */
  startSample: number;
  /** The frame after the last one to publish. */
  end: number;
}

/** The frames of a track that belong to the video. @param duration seconds of the video */
export function framesWithin(
  video: Mp4Track,
  audio: Mp4Track,
  source: SourceInfo,
  duration: number,
): AudioFrames {
  const rate = audio.timescale;
  const { start, mediaStart } = audio.presentation;
  const shift = start - mediaStart - fileStart(video, source) - gridShift(source.video);
  // A sample's time is rounded twice on its way here.
  const first = Math.max(0, Math.ceil((-shift * rate - 1) / FRAME));
  const startSample = Math.max(0, Math.round(first * FRAME + shift * rate));
  const frames = Math.ceil((duration * rate - startSample) / FRAME);
  return { first, startSample, end: Math.min(audio.samples.count, first + frames) };
}

/**
 * Whether an audio track can be published unchanged, apart from its loudness: AAC-LC in stereo or mono that starts and
 * ends with the video.
 *
 * @param duration seconds of the video
 * @param maxBitrate bits per second
 */
export function isWebReadyAudio(
  video: Mp4Track,
  audio: Mp4Track | undefined,
  stream: AudioStream,
  source: SourceInfo,
  duration: number,
  maxBitrate: number,
): boolean {
  try {
    if (audio === undefined || !isWebCodec(audio, stream)) return false;
  } catch {
    return false;
  }
  const { samples, timescale, presentation } = audio;
  const { first, startSample, end } = framesWithin(video, audio, source, duration);
  const seconds = ((end - first) * FRAME) / timescale;
  const bytes = samples.sizes.subarray(first, end).reduce((sum, size) => sum + size, 0);
  const isSteady = samples.durations.subarray(0, -1).every((ticks) => ticks === FRAME);
  const missing = (duration * timescale - startSample) / FRAME - (end - first);
  const presented = presentation.duration ?? Infinity;
  const lastEnd = samples.offsets.reduce(
    (last, offset, sample) => Math.max(last, offset + (samples.sizes[sample] ?? 0)),
    0,
  );
  return (
    isSteady &&
    !samples.sizes.includes(0) &&
    lastEnd <= source.bytes &&
    startSample <= MAX_MISSING_FRAMES * FRAME &&
    missing <= MAX_MISSING_FRAMES &&
    presented >= seconds - (MAX_MISSING_FRAMES * FRAME) / timescale &&
    (bytes * 8) / seconds <= maxBitrate
  );
}
