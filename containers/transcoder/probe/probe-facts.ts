import { z } from "zod";
import type {
  AudioStream,
  SourceInfo,
  CaptionStream,
  VideoStream,
} from "../../../workers/contract/source.ts";
import type { Limits } from "../../../workers/contract/transcode.ts";
import { TaskFailure } from "../runtime/failure.ts";
import {
  MAX_RATE,
  outdoes,
  outputRate,
  parseRate,
  RATE_SLACK,
  rateOf,
  sourceRate,
} from "./frame-rate.ts";
import { demuxerOf, isAudioCodec, isTextCodec, isVideoCodec } from "./source-input.ts";

const seconds = z.coerce.number().catch(0);

const ProbedStream = z.object({
  index: z.int(),
  codec_type: z.string().optional(),
  codec_name: z.string().default("unknown"),
  width: z.int().default(0),
  height: z.int().default(0),
  sample_aspect_ratio: z.string().optional(),
  pix_fmt: z.string().default(""),
  field_order: z.string().default("unknown"),
  color_space: z.string().default("unknown"),
  color_transfer: z.string().default("unknown"),
  r_frame_rate: z.string().optional(),
  avg_frame_rate: z.string().optional(),
  start_time: seconds,
  duration: z.coerce.number().optional().catch(undefined),
  sample_rate: z.coerce.number().int().default(0),
  channels: z.int().default(0),
  disposition: z.record(z.string(), z.number()).default({}),
  tags: z.record(z.string(), z.string()).default({}),
  side_data_list: z.array(z.looseObject({ rotation: z.unknown().optional() })).default([]),
});
type ProbedStream = z.infer<typeof ProbedStream>;

/** What of a source ffprobe shows: nothing else that is written into it, such as its other tags. */
export const PROBED_ENTRIES = [
  "format=format_name,start_time,duration",
  `stream=${Object.keys(ProbedStream.shape)
    .filter((key) => !["disposition", "tags", "side_data_list"].includes(key))
    .join()}`,
  "stream_disposition=default,forced,attached_pic,still_image",
  "stream_tags=language,title,rotate,alpha_mode,ALPHA_MODE",
  "stream_side_data=rotation",
].join(":");

/** What ffprobe prints of these entries with `-of json`. */
export const Probed = z.object({
  format: z.object({
    format_name: z.string(),
    start_time: seconds,
    duration: z.coerce.number().optional().catch(undefined),
  }),
  streams: z.array(ProbedStream).default([]),
});
export type Probed = z.infer<typeof Probed>;

/** What reading packets told, in seconds from the container's start. */
export type PacketTimes = {
  /** Presentation times of the picture's packets, from the beginning on and wherever else was looked. */
  stretches: number[][];
  /** Presentation time of the picture's last packet, and its duration: 0 or nonsense in some files. */
  last: number;
  lastDuration: number;
  /** End of the last packet of any sound; 0 without sound. */
  soundEnd: number;
};

/** Sound that goes on for longer than this after the last frame has the picture stand still, seconds. */
const STANDSTILL = 0.5;

/** End of the last frame; some containers know no duration for it. */
const pictureEnd = (times: PacketTimes, rate: number): number =>
  times.last + (times.lastDuration >= 0.5 / rate ? times.lastDuration : 1 / rate);

/** Quarter turns clockwise; the display matrix counts the other way round. */
const rotationOf = (stream: ProbedStream): number => {
  const tagged = stream.side_data_list
    .map((data) => Number(data.rotation))
    .find((value) => Number.isFinite(value));
  const clockwise = tagged === undefined ? Number(stream.tags["rotate"] ?? 0) : -tagged;
  return Number.isFinite(clockwise) ? (((Math.round(clockwise / 90) % 4) + 4) % 4) * 90 : 0;
};

const pixelAspectOf = (stream: ProbedStream): number => {
  const [num = 0, den = 0] = (stream.sample_aspect_ratio ?? "").split(":").map(Number);
  const ratio = num / den;
  return ratio > 0.05 && ratio < 20 ? ratio : 1;
};

/** Pixel formats of red, green and blue; a palette holds those, too. */
const RGB = /^(?:[0a]?rgb|[0a]?bgr|gbr|x2|pal8)/;

/** Players read an untagged picture as BT.709 from 720 lines on, else as BT.601. */
const matrixOf = (stream: ProbedStream): VideoStream["matrix"] => {
  if (RGB.test(stream.pix_fmt)) return "rgb";
  if (stream.color_space.startsWith("bt2020")) return "bt2020nc";
  if (stream.color_space === "bt709") return "bt709";
  if (stream.color_space === "smpte170m" || stream.color_space === "bt470bg") return "smpte170m";
  return Math.min(stream.width, stream.height) >= 720 ? "bt709" : "smpte170m";
};

const rangeOf = (stream: ProbedStream): VideoStream["range"] =>
  stream.color_transfer === "smpte2084"
    ? "pq"
    : stream.color_transfer === "arib-std-b67"
      ? "hlg"
      : "sdr";

/** VP8 and VP9 carry transparency beside an opaque picture; a tag tells of it, in either case. */
const hasAlpha = ({ pix_fmt, tags }: ProbedStream): boolean =>
  /^(yuva|rgba|bgra|argb|abgr|gbrap|ya8|ya16)/.test(pix_fmt) ||
  (tags["alpha_mode"] ?? tags["ALPHA_MODE"]) === "1";

const bitDepthOf = (pixelFormat: string): number =>
  Number(/(9|10|12|14|16)(?:le|be)$/.exec(pixelFormat)?.[1] ?? 8);

/** ISO 639-2 and 639-1 tags become BCP 47; `und` and nonsense become null. */
const languageOf = (stream: ProbedStream): string | null => {
  const tag = stream.tags["language"] ?? "";
  if (tag === "und" || !/^[A-Za-z]{2,3}(-|$)/.test(tag)) return null;
  try {
    return new Intl.Locale(tag).baseName;
  } catch {
    return null;
  }
};

const titleOf = (stream: ProbedStream): string | null =>
  stream.tags["title"]?.slice(0, 100) || null;

const isPicture = (stream: ProbedStream): boolean =>
  stream.codec_type === "video" &&
  stream.disposition["attached_pic"] !== 1 &&
  stream.disposition["still_image"] !== 1;

/**
 * The one video stream that is encoded: the default one, else the largest.
 *
 * @throws TaskFailure `no_video_stream`, or `not_a_video` when there is nothing at all
 */
export const pictureOf = (probed: Probed): ProbedStream => {
  const pictures = probed.streams.filter(isPicture);
  const picked =
    pictures.find((stream) => stream.disposition["default"] === 1) ??
    pictures.toSorted((a, b) => b.width * b.height - a.width * a.height)[0];
  if (picked === undefined) {
    throw new TaskFailure(
      probed.streams.some((stream) => stream.codec_type === "audio")
        ? "no_video_stream"
        : "not_a_video",
    );
  }
  if (picked.width <= 0 || picked.height <= 0)
    throw new TaskFailure("damaged_file", "picture without a size");
  if (!isVideoCodec(picked.codec_name))
    throw new TaskFailure("unsupported_format", `video codec ${picked.codec_name}`);
  return picked;
};

/**
 * Containers that give a stream one rate and a frame a number: a still picture is left out of the packets, and of
 * some codecs the times are not known before they are decoded, so the header tells more than they do.
 */
const FIXED_RATE = ["avi", "ogg"];
/** Frames a second up to which a header is believed without packets that agree. */
const CREDIBLE_RATE = 120;

const rateOfPicture = (stream: ProbedStream, demuxer: string, times: PacketTimes): number => {
  const nominal = parseRate(stream.r_frame_rate);
  if (nominal !== undefined && FIXED_RATE.includes(demuxer) && rateOf(nominal) <= CREDIBLE_RATE)
    return rateOf(nominal);
  const average = parseRate(stream.avg_frame_rate);
  const rate = sourceRate(average, nominal, times.stretches);
  // MOV lists every frame, so its average tells of those that were not looked at.
  const least =
    demuxer === "mov" && average !== undefined ? Math.min(MAX_RATE, rateOf(average)) : 0;
  return outdoes(least, rate) ? least : rate;
};

const videoStream = (
  stream: ProbedStream,
  demuxer: string,
  start: number,
  times: PacketTimes,
): VideoStream => {
  const rotation = rotationOf(stream);
  const [wide, high] = [
    Math.max(2, Math.round(stream.width * pixelAspectOf(stream))),
    stream.height,
  ];
  const rate = rateOfPicture(stream, demuxer, times);
  return {
    index: stream.index,
    codec: stream.codec_name,
    width: rotation % 180 === 0 ? wide : high,
    height: rotation % 180 === 0 ? high : wide,
    codedWidth: stream.width,
    codedHeight: stream.height,
    rotation,
    frameRate: { num: Math.max(1, Math.round(rate * 1000)), den: 1000 },
    interlaced: ["tt", "bb", "tb", "bt"].includes(stream.field_order),
    alpha: hasAlpha(stream),
    bitDepth: bitDepthOf(stream.pix_fmt),
    matrix: matrixOf(stream),
    range: rangeOf(stream),
    startTime: stream.start_time - start,
    endTime: pictureEnd(times, rate),
  };
};

const audioStream = (stream: ProbedStream, start: number): AudioStream => ({
  index: stream.index,
  codec: stream.codec_name,
  channels: stream.channels,
  sampleRate: stream.sample_rate,
  language: languageOf(stream),
  title: titleOf(stream),
  isDefault: stream.disposition["default"] === 1,
  startTime: stream.start_time - start,
});

const textStream = (stream: ProbedStream): CaptionStream => ({
  index: stream.index,
  codec: stream.codec_name,
  language: languageOf(stream),
  title: titleOf(stream),
  isForced: stream.disposition["forced"] === 1,
});

/**
 * What every later task knows of the source.
 *
 * @param bytes size of the source
 * @throws TaskFailure when it exceeds a limit or cannot be encoded
 */
export const sourceInfo = (
  probed: Probed,
  times: PacketTimes,
  bytes: number,
  limits: Limits,
): SourceInfo => {
  const demuxer = demuxerOf(probed.format.format_name);
  if (demuxer === undefined) throw new TaskFailure("unsupported_format", probed.format.format_name);
  if (probed.streams.length > limits.maxStreams)
    throw new TaskFailure("too_many_streams", `${probed.streams.length} streams`);
  const picture = pictureOf(probed);
  const video = videoStream(picture, demuxer, probed.format.start_time, times);
  const { width, height, codedWidth, codedHeight } = video;
  if (Math.max(width * height, codedWidth * codedHeight) > limits.maxPixels)
    throw new TaskFailure(
      "too_many_pixels",
      `${codedWidth}x${codedHeight}, shown ${width}x${height}`,
    );
  if (rateOf(video.frameRate) > limits.maxFrameRate * RATE_SLACK)
    throw new TaskFailure("frame_rate_too_high", `${rateOf(video.frameRate)} fps`);
  if (times.stretches.length === 0) throw new TaskFailure("damaged_file", "no picture can be read");
  const outlasted = times.soundEnd > video.endTime + STANDSTILL;
  const duration = outlasted ? times.soundEnd : video.endTime;
  if (duration > limits.maxDuration) throw new TaskFailure("too_long", `${duration} s`);
  const audio = probed.streams.filter(
    (stream) =>
      stream.codec_type === "audio" && isAudioCodec(stream.codec_name) && stream.channels > 0,
  );
  const text = probed.streams.filter(
    (stream) => stream.codec_type === "subtitle" && isTextCodec(stream.codec_name),
  );
  return {
    demuxer,
    duration,
    bytes,
    video,
    audio: audio.map((stream) => audioStream(stream, probed.format.start_time)),
    captions: text.map(textStream),
  };
};

/** The rate of the output grid for a probed picture. */
export const gridRate = (video: VideoStream) =>
  outputRate(video.frameRate.num / video.frameRate.den);

/**
 * Seconds that the grid takes from the picture's times: each frame is shown at the nearest place on it. The sound
 * moves as far, or it would be off by up to half a frame.
 */
export const gridShift = (video: VideoStream): number => {
  const rate = rateOf(gridRate(video));
  return video.startTime - Math.round(video.startTime * rate) / rate;
};
