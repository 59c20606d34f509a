import type { Fraction, SourceInfo, VideoStream } from "../../../workers/contract/source.ts";
import type { Limits } from "../../../workers/contract/task-limits.ts";
import type { Capabilities } from "../runtime/capabilities.ts";
import { TaskFailure } from "../runtime/failure.ts";
import type { Probed, ProbedStream } from "./ffprobe-output.ts";
import { FRAME_RATE_TOLERANCE, outputRate, rateOf } from "./frame-rate.ts";
import { canDecode, demuxerOf, isCaptionCodec, isVideoCodec } from "./accepted-formats.ts";
import { isEncrypted, isReadableAudio } from "./notices.ts";
import { audioStream, captionStream, type PacketTimes, videoStream } from "./stream-facts.ts";

/** If audio outlasts the last frame by more than this, the video lasts as long as the audio and holds that frame. */
const MAX_IGNORED_AUDIO_TAIL_SECONDS = 0.5;

/** Codecs of images. A track of one packet in such a codec beside another track is a cover. */
const IMAGE_CODECS = ["mjpeg", "png", "gif", "apng", "bmp", "tiff", "webp", "jpeg2000"];

function isVideoTrack(stream: ProbedStream): boolean {
  return (
    stream.codec_type === "video" &&
    stream.disposition["attached_pic"] !== 1 &&
    stream.disposition["still_image"] !== 1
  );
}

/** Video tracks that can be encoded. */
export function readableVideoTracks(probed: Probed): ProbedStream[] {
  return probed.streams.filter(
    (stream) =>
      isVideoTrack(stream) &&
      isVideoCodec(stream.codec_name) &&
      stream.width > 0 &&
      stream.height > 0,
  );
}

/** Whether a file has readable audio and no video except covers. */
export function hasOnlyAudio(
  { capabilities }: { capabilities: Pick<Capabilities, "decoders"> },
  { streams }: Probed,
): boolean {
  return (
    !streams.some(isVideoTrack) &&
    streams.some((stream) => isReadableAudio(stream, capabilities.decoders))
  );
}

/** Profiles of Dolby Vision whose base layer has its own colour space unless it is compatible with another standard. */
const INCOMPATIBLE_DOLBY_VISION = [5, 10, 20];

/** Whether only a Dolby Vision decoder shows the right colours. No build of ffmpeg has one. */
function needsDolbyVision({ containerTrack, side_data_list: data }: ProbedStream): boolean {
  const found = data.find(({ dv_profile: profile }) => profile !== undefined);
  const { profile = 0, compatibility = 0 } = containerTrack?.dolbyVision ?? {
    profile: found?.dv_profile,
    compatibility: found?.dv_bl_signal_compatibility_id,
  };
  return compatibility === 0 && INCOMPATIBLE_DOLBY_VISION.includes(profile);
}

/** Criteria of a track's suitability as the video, the most important first. */
function videoTrackRank(stream: ProbedStream): number[] {
  return [
    Number((stream.sampledPackets ?? 2) > 1),
    Number(!IMAGE_CODECS.includes(stream.codec_name)),
    stream.disposition["default"] ?? 0,
    stream.width * stream.height,
    stream.sampledPackets ?? 0,
    -stream.index,
  ];
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  const differing = a.findIndex((value, index) => value !== b[index]);
  return (b[differing] ?? 0) - (a[differing] ?? 0);
}

/**
 * Picks the video track to encode as players do: one with moving frames rather than a cover, then the default one,
 * then the largest.
 *
 * @throws TaskFailure `no_video_stream` for a file with audio only, `not_a_video` for one without audio or video,
 *   `encrypted_file`, `damaged_file`, `unsupported_format`, `dolby_vision_only`
 */
export function videoTrackOf(probed: Probed): ProbedStream {
  const tracks = probed.streams.filter(isVideoTrack);
  const picked =
    readableVideoTracks(probed).toSorted((a, b) =>
      compareRanks(videoTrackRank(a), videoTrackRank(b)),
    )[0] ?? tracks[0];
  if (picked === undefined) {
    throw new TaskFailure(
      probed.streams.some((stream) => stream.codec_type === "audio")
        ? "no_video_stream"
        : "not_a_video",
    );
  }
  if (isEncrypted(picked)) throw new TaskFailure("encrypted_file", picked.codec_tag_string);
  if (picked.width <= 0 || picked.height <= 0)
    throw new TaskFailure("damaged_file", "the video track has no dimensions");
  if (!isVideoCodec(picked.codec_name))
    throw new TaskFailure("unsupported_format", `video codec ${picked.codec_name}`);
  if (needsDolbyVision(picked)) throw new TaskFailure("dolby_vision_only");
  return picked;
}

/**
 * Describes the source for all later tasks.
 *
 * @param bytes size of the source file
 * @param decoders of this build of ffmpeg
 * @throws TaskFailure when the source exceeds a limit or cannot be encoded
 */
export function sourceInfo(
  probed: Probed,
  times: PacketTimes,
  bytes: number,
  limits: Limits,
  decoders: ReadonlySet<string>,
): SourceInfo {
  const demuxer = demuxerOf(probed.format.format_name);
  if (demuxer === undefined) throw new TaskFailure("unsupported_format", probed.format.format_name);
  const tracks = probed.streams.filter((stream) =>
    ["video", "audio", "subtitle"].includes(stream.codec_type ?? ""),
  );
  if (tracks.length > limits.maxStreams)
    throw new TaskFailure("too_many_streams", `${tracks.length} tracks`);
  const video = videoStream(videoTrackOf(probed), demuxer, probed.format.start_time, times);
  if (!canDecode(video.codec, decoders))
    throw new TaskFailure("unsupported_format", `no decoder for ${video.codec}`);
  const { width, height, codedWidth, codedHeight } = video;
  if (Math.max(width * height, codedWidth * codedHeight) > limits.maxPixels)
    throw new TaskFailure(
      "too_many_pixels",
      `${codedWidth}x${codedHeight}, displayed as ${width}x${height}`,
    );
  if (rateOf(video.frameRate) > limits.maxFrameRate * FRAME_RATE_TOLERANCE)
    throw new TaskFailure("frame_rate_too_high", `${rateOf(video.frameRate)} fps`);
  if (times.stretches.length === 0)
    throw new TaskFailure("damaged_file", "the video track has no readable packet");
  const audioOutlastsVideo = times.audioEnd > video.endTime + MAX_IGNORED_AUDIO_TAIL_SECONDS;
  const duration = audioOutlastsVideo ? times.audioEnd : video.endTime;
  if (duration > limits.maxDuration) throw new TaskFailure("too_long", `${duration} s`);
  const audio = probed.streams.filter((stream) => isReadableAudio(stream, decoders));
  const captions = probed.streams.filter(
    (stream) => stream.codec_type === "subtitle" && isCaptionCodec(stream.codec_name),
  );
  return {
    demuxer,
    duration,
    bytes,
    video,
    audio: audio.map((stream) => audioStream(stream, probed.format.start_time)),
    captions: captions.map(captionStream),
  };
}

/** The frame rate of the output grid. */
export function gridRate(video: VideoStream): Fraction {
  return outputRate(rateOf(video.frameRate));
}

/**
 * Seconds by which frames move earlier when each one is rounded to the nearest position on the output grid. Audio must
 * move by the same amount to stay in sync; otherwise it would be off by up to half a frame.
 */
export function gridShift(video: VideoStream): number {
  const rate = rateOf(gridRate(video));
  return video.startTime - Math.round(video.startTime * rate) / rate;
}
