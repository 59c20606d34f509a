import type { Crop } from "../../../workers/contract/source.ts";

/** Facts in the container about a video track that not every build of ffprobe reports. */
export interface ContainerTrack {
  /** Stored frame size, to which `crop` refers. */
  width: number;
  height: number;
  /** The part of the frame that is shown. */
  crop?: Crop;
  /** Width of a pixel divided by its height; only for a cropped frame, where older builds compute it wrongly. */
  pixelAspect?: number;
  isEncrypted: boolean;
  dolbyVision?: DolbyVision;
}

export interface DolbyVision {
  profile: number;
  /** 0 if players without Dolby Vision cannot show the right colours. */
  compatibility: number;
}

/** Reads part of a file; shorter at its end. */
export type ReadBytes = (start: number, length: number) => Promise<Buffer>;

const CONFIGURATION_BYTES = 5;

/** Dolby Vision's configuration record (`dvcC`, `dvvC`), from its version on. */
export function dolbyVisionOf(record: Buffer): DolbyVision | undefined {
  return record.length < CONFIGURATION_BYTES
    ? undefined
    : { profile: record.readUInt8(2) >> 1, compatibility: record.readUInt8(4) >> 4 };
}

/** Container and codec may both crop; their sizes then differ by the padding to whole blocks. */
const MAX_CODEC_CROP = 64;

/**
 * The part of the decoded frames that is shown; undefined for the whole frame. A codec crops at the right and at the
 * bottom; the decoder has already applied that.
 */
export function shownPart(
  { width, height, crop }: ContainerTrack,
  decoded: { width: number; height: number },
): Crop | undefined {
  if (crop === undefined) return undefined;
  if (Math.abs(width - decoded.width) > MAX_CODEC_CROP) return undefined;
  if (Math.abs(height - decoded.height) > MAX_CODEC_CROP) return undefined;
  const part = {
    left: crop.left,
    top: crop.top,
    width: Math.min(crop.width, decoded.width - crop.left),
    height: Math.min(crop.height, decoded.height - crop.top),
  };
  const isValid = part.left >= 0 && part.top >= 0 && part.width >= 2 && part.height >= 2;
  const isWhole = part.width === decoded.width && part.height === decoded.height;
  return isValid && !isWhole ? part : undefined;
}
