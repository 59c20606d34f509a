import { AppError } from "./errors.ts";

const MIB = 1024 ** 2;
/** Of R2 and S3: https://developers.cloudflare.com/r2/objects/upload-objects/ */
export const MAX_PARTS = 10_000;
export const MIN_PART_BYTES = 5 * MIB;
export const MAX_PART_BYTES = 5 * 1024 ** 3;

/** Enough parts to send several at once and to lose little with one, without a request for every second. */
const SMALLEST_PART = 8 * MIB;
const PREFERRED_PARTS = 1000;
/** Proxies in front of a self-hosted S3 often stop bodies at 100 MB, so parts stay below while they can. */
const PREFERRED_MAX_PART = 95 * MIB;

export interface PartPlan {
  /** Bytes of every part but the last, which may be smaller. */
  partSize: number;
  partCount: number;
}

const wholeMib = (bytes: number): number => Math.ceil(bytes / MIB) * MIB;

/** How a file of `size` bytes (at least 1) is cut: equal parts but the last, as R2 wants. */
export function planParts(size: number): PartPlan {
  const preferred = Math.min(
    Math.max(wholeMib(size / PREFERRED_PARTS), SMALLEST_PART),
    PREFERRED_MAX_PART,
  );
  const partSize = Math.max(preferred, wholeMib(size / MAX_PARTS));
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
      `This upload has the parts 1 to ${upload.partCount}; there is no part ${partNumber}.`,
    );
  }
  return partNumber < upload.partCount
    ? upload.partSize
    : upload.size - upload.partSize * (upload.partCount - 1);
}

/** Containers of video that carry no `video/` type, as registered or as browsers and tools send them. */
const OTHER_VIDEO_TYPES = new Set([
  "application/mp4",
  "application/mxf",
  "application/ogg",
  "application/x-matroska",
  "application/vnd.rn-realmedia",
]);

/** Whether a content type announces a video; its parameters do not matter. What the bytes are, the probe finds out. */
export function isVideoType(contentType: string): boolean {
  const type = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return /^video\/[a-z0-9][a-z0-9.+-]*$/.test(type) || OTHER_VIDEO_TYPES.has(type);
}

/**
 * Refuses what cannot be taken, before anything is stored.
 * @param limit bytes of the largest file this deployment takes
 */
export function checkFile(
  file: { filename: string; size: number; contentType: string },
  limit: number,
): void {
  if (!isVideoType(file.contentType)) {
    throw new AppError(
      "not_a_video_type",
      `${file.filename} is announced as "${file.contentType}". Upload a video file, for example MP4, MOV, MKV or WebM.`,
    );
  }
  if (file.size === 0) throw new AppError("empty_file", `${file.filename} is empty.`);
  if (file.size > limit) {
    throw new AppError(
      "file_too_large",
      `${file.filename} has ${file.size} bytes; the largest file taken here has ${limit}.`,
    );
  }
}
