/** How ffmpeg and ffprobe open a source: only with these demuxers and decoders, and only over HTTP. */
import type { SourceInfo } from "../../../workers/contract/source.ts";
import type { Capabilities } from "../runtime/capabilities.ts";
import { CODEC_WHITELIST, FORMAT_WHITELIST, isReadFromStart } from "./accepted-formats.ts";

/** Above any `Limits.maxPixels`: stops a decompression bomb before the source's dimensions are known. */
const MAX_DECODED_PIXELS = 140_000_000;

/**
 * ffmpeg treats a timed-out read as the end of the file, so the relay must give up first
 * (`RETRY_POLICY.blockTimeoutMs`).
 */
const READ_TIMEOUT_MICROSECONDS = "180000000";

/**
 * ffmpeg's input options for a source. Only output options may follow them.
 *
 * @param url the source on the relay
 * @param demuxer forces this demuxer; only the first probe leaves it open
 * @param before further input options, such as a seek
 */
export function sourceInput(
  url: string,
  demuxer: string | undefined,
  before: readonly string[] = [],
): string[] {
  return [
    ...["-protocol_whitelist", url.startsWith("https:") ? "https,tls,tcp" : "http,tcp"],
    ...["-format_whitelist", FORMAT_WHITELIST, "-codec_whitelist", CODEC_WHITELIST],
    ...["-max_pixels", String(MAX_DECODED_PIXELS), "-rw_timeout", READ_TIMEOUT_MICROSECONDS],
    ...[...(demuxer === undefined ? [] : ["-f", demuxer]), ...before, "-i", url],
  ];
}

/** Demuxers and decoders of images. Browsers show no AVIF with another codec than AV1. */
const IMAGE_DECODERS = "mjpeg,png,webp,libdav1d,libaom-av1,av1";
/** Cameras make images of 50 million pixels. */
const MAX_IMAGE_PIXELS = 100_000_000;

/** ffmpeg's input options for an uploaded image. @param demuxer the only one that may open it */
export function imageInput(url: string, demuxer: string): string[] {
  return [
    ...["-protocol_whitelist", url.startsWith("https:") ? "https,tls,tcp" : "http,tcp"],
    ...["-codec_whitelist", IMAGE_DECODERS, "-max_pixels", String(MAX_IMAGE_PIXELS)],
    ...["-rw_timeout", READ_TIMEOUT_MICROSECONDS, "-f", demuxer, "-i", url],
  ];
}

/**
 * ffprobe's options that let it open further decoders without decoding a packet with them. It opens one for every track
 * and fails at the first forbidden one, even if the track is not needed. The format's own whitelist is unchanged and
 * alone decides which packets are decoded while the tracks are examined.
 */
export function openOnly(decoders: readonly string[]): string[] {
  const whitelist = [CODEC_WHITELIST, ...decoders].join(",");
  return decoders.length === 0
    ? []
    : ["v", "a", "s", "d"].flatMap((type) => [`-codec_whitelist:${type}`, whitelist]);
}

/**
 * Seeks to earlier times are left out: in AVI, ffmpeg aims ahead of the target, fails to find a keyframe before the
 * first one, and goes to a later one instead.
 */
const MIN_SEEK_SECONDS = 0.2;

/** Input options that start at the keyframe before a time. */
export function seekToKeyframe(time: number, demuxer: string): string[] {
  return time < MIN_SEEK_SECONDS || isReadFromStart(demuxer)
    ? []
    : ["-noaccurate_seek", "-ss", time.toFixed(6)];
}

/** Only libvpx decodes the separate alpha frames of VP8 and VP9. */
const ALPHA_DECODERS: Readonly<Record<string, string>> = { vp8: "libvpx", vp9: "libvpx-vp9" };
/** Codecs by demuxer that the packaged ffmpeg does not recognize there by their tags, although its ffprobe does. */
const NAMED_DECODERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  avi: { hevc: "hevc" },
};

/**
 * ffmpeg's input options for a task that decodes the video track. Our filters crop and rotate the frames, because the
 * builds of ffmpeg differ in what they do by themselves.
 */
export function videoInput(
  url: string,
  { demuxer, video }: SourceInfo,
  { codecCropping }: Pick<Capabilities, "codecCropping">,
  before: readonly string[] = [],
): string[] {
  const decoder = video.alpha
    ? ALPHA_DECODERS[video.codec]
    : NAMED_DECODERS[demuxer]?.[video.codec];
  return sourceInput(url, demuxer, [
    ...["-noautorotate", ...codecCropping],
    ...(decoder === undefined ? [] : ["-c:v", decoder]),
    ...before,
  ]);
}
