import type { AudioStream, CaptionStream, VideoStream } from "../../../workers/contract/source.ts";
import { cutText } from "../../../workers/domain/cut-text.ts";
import { shownPart } from "./container-track.ts";
import { hasDiscreteChannels } from "./discrete-channels.ts";
import type { ProbedStream } from "./ffprobe-output.ts";
import {
  MAX_FRAME_RATE,
  exactRate,
  isFaster,
  parseRate,
  rateOf,
  sourceRate,
} from "./frame-rate.ts";

/** Packet timestamps, in seconds from the container's start time. */
export interface PacketTimes {
  /**
   * Presentation times of the video track's packets: the beginning of the file first, then any other part that was
   * read.
   */
  stretches: number[][];
  /** Presentation times of the first decoded frames, if they are fewer than their packets: each holds a field (PAFF). */
  fieldFrames?: number[];
  /** Whether decoders return each field as a separate frame of half the height. */
  isOfFields?: boolean;
  /** Presentation time of the video track's last packet. */
  last: number;
  /** Its duration as the container states it: 0 or wrong in some files. */
  lastDuration: number;
  /** Whether the container stores no presentation times for the video track. */
  lacksPresentationTimes?: boolean;
  /** End of the last packet of any audio track; 0 without audio. */
  audioEnd: number;
}

type Orientation = Pick<VideoStream, "rotation" | "mirrored">;

/** Degrees as a multiple of 90 from 0 to 270. */
function quarterTurns(degrees: number): number {
  return Number.isFinite(degrees) ? (((Math.round(degrees / 90) % 4) + 4) % 4) * 90 : 0;
}

/**
 * How the frames must be mirrored and then rotated clockwise. ffprobe prints the display matrix (ISO/IEC 14496-12,
 * 6.2.2) by rows, each after its number; builds differ in how they report a mirrored one as a rotation.
 */
function orientationOf(stream: ProbedStream): Orientation {
  const matrix = stream.side_data_list.find((data) => data.displaymatrix !== undefined);
  const [a = 0, b = 0, , c = 0, d = 0] = [
    ...(matrix?.displaymatrix ?? "").matchAll(/(?<=[\s])-?\d+(?=\s)/g),
  ].map(([value]) => Number(value));
  if (a * d - b * c !== 0) {
    const mirrored = a * d - b * c < 0;
    const degrees = (Math.atan2(mirrored ? -b : b, mirrored ? -a : a) * 180) / Math.PI;
    return { rotation: quarterTurns(degrees), ...(mirrored ? { mirrored } : {}) };
  }
  const tagged = stream.side_data_list
    .map((data) => Number(data.rotation))
    .find((value) => Number.isFinite(value));
  // This one is counterclockwise.
  return {
    rotation: quarterTurns(tagged === undefined ? Number(stream.tags["rotate"] ?? 0) : -tagged),
  };
}

function pixelAspectOf(stream: ProbedStream): number {
  const [num = 0, den = 0] = (stream.sample_aspect_ratio ?? "").split(":").map(Number);
  const ratio = num / den;
  return ratio > 0.05 && ratio < 20 ? ratio : 1;
}

/** RGB pixel formats, palettes included. */
const RGB_FORMAT = /^(?:[0a]?rgb|[0a]?bgr|gbr|x2|pal8)/;

/** Players treat an untagged video as BT.709 from 720 lines on, and as BT.601 below that. */
function matrixOf(stream: ProbedStream): VideoStream["matrix"] {
  if (RGB_FORMAT.test(stream.pix_fmt)) return "rgb";
  if (stream.color_space.startsWith("bt2020")) return "bt2020nc";
  if (stream.color_space === "bt709") return "bt709";
  if (stream.color_space === "smpte170m" || stream.color_space === "bt470bg") return "smpte170m";
  return Math.min(stream.width, stream.height) >= 720 ? "bt709" : "smpte170m";
}

function rangeOf(stream: ProbedStream): VideoStream["range"] {
  return stream.color_transfer === "smpte2084"
    ? "pq"
    : stream.color_transfer === "arib-std-b67"
      ? "hlg"
      : "sdr";
}

/** In WebM, transparency is a second frame with each opaque one; only a tag (in upper or lower case) announces it. */
function hasAlpha({ pix_fmt, tags }: ProbedStream): boolean {
  return (
    /^(yuva|rgba|bgra|argb|abgr|gbrap|ya8|ya16)/.test(pix_fmt) ||
    (tags["alpha_mode"] ?? tags["ALPHA_MODE"]) === "1"
  );
}

function bitDepthOf(pixelFormat: string): number {
  return Number(/(9|10|12|14|16)(?:le|be)$/.exec(pixelFormat)?.[1] ?? 8);
}

/** The track's ISO 639-2 or 639-1 tag as BCP 47; null for `und` and for an invalid tag. */
export function languageOf(stream: ProbedStream): string | null {
  const tag = stream.tags["language"] ?? "";
  if (tag === "und" || !/^[A-Za-z]{2,3}(-|$)/.test(tag)) return null;
  try {
    return new Intl.Locale(tag).baseName;
  } catch {
    return null;
  }
}

export function titleOf(stream: ProbedStream): string | null {
  return cutText(stream.tags["title"] ?? "", 100) || null;
}

/**
 * Containers with one constant rate per stream and a number per frame. They write no packet for a repeated frame, and
 * some of their codecs reveal timestamps only when decoded, so their header is more reliable than their packets.
 */
const FIXED_RATE_DEMUXERS = ["avi", "ogg"];
/** Frames per second up to which such a header is trusted on its own. */
const MAX_TRUSTED_FRAME_RATE = 120;

function videoTrackRate(stream: ProbedStream, demuxer: string, times: PacketTimes): number {
  if (times.fieldFrames !== undefined) {
    // The header may count fields as well.
    const frames = [times.fieldFrames];
    return exactRate(sourceRate(undefined, undefined, frames), frames);
  }
  const nominal = parseRate(stream.r_frame_rate);
  if (
    nominal !== undefined &&
    FIXED_RATE_DEMUXERS.includes(demuxer) &&
    // For such tracks, the header may count fields.
    times.lacksPresentationTimes !== true &&
    rateOf(nominal) <= MAX_TRUSTED_FRAME_RATE
  )
    return rateOf(nominal);
  const average = parseRate(stream.avg_frame_rate);
  const measured = sourceRate(average, nominal, times.stretches);
  const rate = exactRate(measured, times.stretches);
  // MOV indexes every frame, so its average also covers the frames that were not read here.
  const least =
    demuxer === "mov" && average !== undefined ? Math.min(MAX_FRAME_RATE, rateOf(average)) : 0;
  return isFaster(least, rate) ? least : rate;
}

/** End of the last frame. Some containers store no duration for it. */
function videoEnd(times: PacketTimes, rate: number): number {
  return times.last + (times.lastDuration >= 0.5 / rate ? times.lastDuration : 1 / rate);
}

/**
 * Seconds by which frames appear after the times of their packets. Without presentation times, ffmpeg's decoders, and
 * the players that use them, show a frame at the decoding time of the packet that completed it.
 */
function decodingDelay(stream: ProbedStream, times: PacketTimes, rate: number): number {
  return times.lacksPresentationTimes === true ? stream.has_b_frames / rate : 0;
}

/**
 * Describes the video track.
 *
 * @param start the container's start time, in seconds
 */
export function videoStream(
  stream: ProbedStream,
  demuxer: string,
  start: number,
  times: PacketTimes,
): VideoStream {
  const orientation = orientationOf(stream);
  const crop = stream.containerTrack && shownPart(stream.containerTrack, stream);
  const pixelAspect = (crop && stream.containerTrack?.pixelAspect) ?? pixelAspectOf(stream);
  const shown = crop ?? stream;
  const width = Math.max(2, Math.round(shown.width * pixelAspect));
  const height = times.isOfFields === true ? 2 * shown.height : shown.height;
  const isUpright = orientation.rotation % 180 === 0;
  const rate = videoTrackRate(stream, demuxer, times);
  return {
    index: stream.index,
    codec: stream.codec_name,
    width: isUpright ? width : height,
    height: isUpright ? height : width,
    codedWidth: stream.width,
    codedHeight: stream.height,
    ...orientation,
    ...(crop === undefined ? {} : { crop }),
    ...(stream.color_range === "pc" || stream.pix_fmt.startsWith("yuvj")
      ? { fullRange: true }
      : {}),
    frameRate: { num: Math.max(1, Math.round(rate * 1000)), den: 1000 },
    // Fields that are stored as frames have no combing: each is stretched, so that no motion is lost.
    interlaced: times.isOfFields !== true && ["tt", "bb", "tb", "bt"].includes(stream.field_order),
    alpha: hasAlpha(stream),
    bitDepth: bitDepthOf(stream.pix_fmt),
    matrix: matrixOf(stream),
    range: rangeOf(stream),
    startTime: stream.start_time - start,
    endTime: videoEnd(times, rate) + decodingDelay(stream, times, rate),
  };
}

/** Describes an audio track. @param start the container's start time, in seconds */
export function audioStream(stream: ProbedStream, start: number): AudioStream {
  return {
    index: stream.index,
    codec: stream.codec_name,
    channels: stream.channels,
    ...(hasDiscreteChannels(stream) ? { discrete: true } : {}),
    sampleRate: stream.sample_rate,
    language: languageOf(stream),
    title: titleOf(stream),
    isDefault: stream.disposition["default"] === 1,
    startTime: stream.start_time - start,
  };
}

/** Words in stream titles that replace flags missing in older containers and older builds of ffmpeg. */
const TITLE_OF_FORCED = /\bforced\b/i;
const TITLE_OF_CAPTIONS = /\b(?:SDH|CC)\b/;

/** Describes a stream of text captions. */
export function captionStream(stream: ProbedStream): CaptionStream {
  const title = titleOf(stream);
  const isForced = stream.disposition["forced"] === 1 || TITLE_OF_FORCED.test(title ?? "");
  const isForDeaf =
    stream.disposition["hearing_impaired"] === 1 || TITLE_OF_CAPTIONS.test(title ?? "");
  return {
    index: stream.index,
    codec: stream.codec_name,
    language: languageOf(stream),
    title,
    isForced,
    ...(isForced ? { kind: "forced" as const } : isForDeaf ? { kind: "captions" as const } : {}),
  };
}
