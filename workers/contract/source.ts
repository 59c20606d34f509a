import { z } from "zod";
import { CaptionKind } from "./caption-kinds.ts";

export const Fraction = z.object({ num: z.int().positive(), den: z.int().positive() });
export type Fraction = z.infer<typeof Fraction>;

/** A part of a frame, in pixels of the stored frame. */
export const Crop = z.object({ left: z.int(), top: z.int(), width: z.int(), height: z.int() });
export type Crop = z.infer<typeof Crop>;

export const VideoStream = z.object({
  index: z.int(),
  codec: z.string(),
  /** Display size in square pixels: after cropping, rotation and sample aspect ratio. */
  width: z.int(),
  height: z.int(),
  codedWidth: z.int(),
  codedHeight: z.int(),
  /** Degrees clockwise: 0, 90, 180 or 270. */
  rotation: z.int(),
  /** Mirrored from left to right before it is rotated. */
  mirrored: z.boolean().optional(),
  /** The part of the decoded frames that the container shows; absent for all of it. */
  crop: Crop.optional(),
  /** Whether luma uses all values, rather than those from 16 to 235. */
  fullRange: z.boolean().optional(),
  frameRate: Fraction,
  interlaced: z.boolean(),
  /** The field that comes first, if frames showed it. Without it, the flags of each frame decide. */
  fieldOrder: z.enum(["tff", "bff"]).optional(),
  /** Has transparency, which is composited over black. */
  alpha: z.boolean(),
  bitDepth: z.int(),
  /** Colour matrix; for an untagged source it follows from the size, as in players. */
  matrix: z.enum(["bt709", "smpte170m", "bt2020nc", "rgb"]),
  /** Dynamic range; everything but `sdr` is tone mapped. */
  range: z.enum(["sdr", "pq", "hlg"]),
  /** Seconds from the start of the video: when the first frame appears, and when the last one ends. */
  startTime: z.number(),
  endTime: z.number(),
});
export type VideoStream = z.infer<typeof VideoStream>;

export const AudioStream = z.object({
  index: z.int(),
  codec: z.string(),
  channels: z.int(),
  /** Whether there are many channels, and none says where its loudspeaker is. */
  discrete: z.boolean().optional(),
  sampleRate: z.int(),
  language: z.string().nullable(),
  title: z.string().nullable(),
  isDefault: z.boolean(),
  startTime: z.number(),
});
export type AudioStream = z.infer<typeof AudioStream>;

export const CaptionStream = z.object({
  index: z.int(),
  codec: z.string(),
  language: z.string().nullable(),
  title: z.string().nullable(),
  /** Translates only foreign-language parts, such as signs. */
  isForced: z.boolean().default(false),
  /** From its flags or its title; absent for subtitles. */
  kind: CaptionKind.optional(),
});
export type CaptionStream = z.infer<typeof CaptionStream>;

export const SourceInfo = z.object({
  /** The demuxer that every later task forces for this source. */
  demuxer: z.string(),
  duration: z.number(),
  bytes: z.int(),
  video: VideoStream,
  audio: z.array(AudioStream),
  captions: z.array(CaptionStream),
});
export type SourceInfo = z.infer<typeof SourceInfo>;
