import { byteSize } from "./byte-size.ts";
import { AppError } from "./errors.ts";
import { kindOfBytes } from "./file-signatures.ts";

const MIB = 1024 ** 2;
/** Limits of R2 and S3: https://developers.cloudflare.com/r2/objects/upload-objects/ */
export const MAX_PARTS = 10_000;
export const MIN_PART_BYTES = 5 * MIB;
export const MAX_PART_BYTES = 5 * 1024 ** 3;

/** Parts are small enough to upload several at once and to lose little with one, and large enough to need few requests. */
const PREFERRED_MIN_PART_BYTES = 8 * MIB;
const PREFERRED_PART_COUNT = 1000;
/** Proxies in front of a self-hosted S3 often limit request bodies to 100 MB, so parts stay below it where possible. */
const PREFERRED_MAX_PART_BYTES = 95 * MIB;

export interface PartPlan {
  /** Bytes of every part but the last, which may be smaller. */
  partSize: number;
  partCount: number;
}

const roundUpToMib = (bytes: number): number => Math.ceil(bytes / MIB) * MIB;

/** Divides a file of `size` bytes (at least 1) into parts of equal size, except the last, as R2 requires. */
export function planParts(size: number): PartPlan {
  const preferred = Math.min(
    Math.max(roundUpToMib(size / PREFERRED_PART_COUNT), PREFERRED_MIN_PART_BYTES),
    PREFERRED_MAX_PART_BYTES,
  );
  const partSize = Math.max(preferred, roundUpToMib(size / MAX_PARTS));
  return { partSize, partCount: Math.ceil(size / partSize) };
}

/**
 * Bytes of one part.
 * @throws AppError part_out_of_range
 */
export function partLength(upload: PartPlan & { size: number }, partNumber: number): number {
  if (partNumber < 1 || partNumber > upload.partCount) {
    throw new AppError(
      "part_out_of_range",
      `Part ${partNumber} does not exist. This upload has parts 1 to ${upload.partCount}.`,
    );
  }
  return partNumber < upload.partCount
    ? upload.partSize
    : upload.size - upload.partSize * (upload.partCount - 1);
}

/** Content types of video containers that do not begin with `video/`, as registered or as browsers and tools send them. */
const OTHER_VIDEO_TYPES = new Set([
  "application/mp4",
  "application/mxf",
  "application/ogg",
  "application/x-matroska",
  "application/vnd.rn-realmedia",
  "image/gif",
  "image/apng",
]);

/** Extensions for which browsers send no type, or a wrong one: `.ts` is TypeScript to some of them. */
export const VIDEO_EXTENSIONS =
  ".264 .265 .266 .3g2 .3gp .apng .asf .avc .avi .divx .dv .f4v .flv .gif .h264 .h265 .h266 .hevc .ivf .m1v .m2p .m2t .m2ts .m2v .m4v .mj2 .mk3d .mkv .mod .mov .mp4 .mpe .mpeg .mpg .mts .mxf .nut .obu .ogm .ogv .qt .rm .rmvb .tod .tp .trp .ts .vob .vvc .webm .wmv .y4m".split(
    " ",
  );

/** The same for audio, which becomes a video with a picture. */
export const AUDIO_EXTENSIONS =
  ".aac .ac3 .aif .aiff .amr .caf .eac3 .flac .m4a .m4b .mka .mp2 .mp3 .oga .ogg .opus .tta .w64 .wav .wma .wv".split(
    " ",
  );

function hasExtension(filename: string, extensions: readonly string[]): boolean {
  return extensions.some((extension) => filename.toLowerCase().endsWith(extension));
}

/** Whether a content type is audio. */
function isAudioType(contentType: string): boolean {
  return /^audio\/[a-z0-9]/i.test(contentType.trim());
}

/** Whether a file name is one of a video or, if audio is accepted, of audio. */
export function hasMediaExtension(filename: string, acceptsAudio: boolean): boolean {
  return (
    hasExtension(filename, VIDEO_EXTENSIONS) ||
    (acceptsAudio && hasExtension(filename, AUDIO_EXTENSIONS))
  );
}

/** Whether a content type, without its parameters, is video. The probe checks the bytes themselves later. */
export function isVideoType(contentType: string): boolean {
  const type = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return /^video\/[a-z0-9][a-z0-9.+-]*$/.test(type) || OTHER_VIDEO_TYPES.has(type);
}

/**
 * The type of a file by its first bytes or, if these are inconclusive, by its name and declared type; null if it is not
 * a video.
 */
export function mediaTypeOf(
  file: { name: string; type: string },
  head: Uint8Array,
  acceptsAudio: boolean,
): string | null {
  const known = kindOfBytes(head);
  if (known?.kind === "video" || (known?.kind === "audio" && acceptsAudio))
    return known.contentType;
  if (known) return null;
  const isMedia =
    isVideoType(file.type) ||
    (acceptsAudio && isAudioType(file.type)) ||
    hasMediaExtension(file.name, acceptsAudio);
  return isMedia ? file.type || "application/octet-stream" : null;
}

/**
 * Rejects files that cannot be accepted, before anything is stored.
 *
 * @param acceptsAudio whether audio files are accepted too
 * @throws AppError not_a_video_type, empty_file, file_too_large
 */
export function checkFile(
  file: { filename: string; size: number; contentType: string },
  maxBytes: number,
  acceptsAudio = false,
): void {
  const isAccepted =
    isVideoType(file.contentType) ||
    hasMediaExtension(file.filename, acceptsAudio) ||
    (acceptsAudio && isAudioType(file.contentType));
  if (!isAccepted) {
    throw new AppError(
      "not_a_video_type",
      `${file.filename} is not a video. Upload a video file, for example MP4, MOV, MKV or WebM.`,
    );
  }
  if (file.size === 0) throw new AppError("empty_file", `${file.filename} is empty.`);
  if (file.size > maxBytes) {
    throw new AppError(
      "file_too_large",
      `${file.filename} is too large, at ${byteSize(file.size)}. A file can have at most ${byteSize(maxBytes)}.`,
    );
  }
}
