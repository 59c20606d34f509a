import { z } from "zod";
import { Id, Language, Timestamp } from "./common.ts";
import {
  MAX_KEPT_RANGES,
  MIN_WATERMARK_OPACITY,
  WATERMARK_POSITIONS,
  WATERMARK_SIZES,
} from "./edit-limits.ts";
import { fileName } from "./text.ts";
import { Fingerprint } from "./uploads.ts";
import { VideoError } from "./videos.ts";

const Seconds = z.number().nonnegative().max(1_000_000);

export const Watermark = z.strictObject({
  /** From the response to its upload. */
  picture: z.string().regex(/^\d{1,16}$/, "must be an uploaded picture"),
  position: z.enum(WATERMARK_POSITIONS),
  /** Its width as a share of the video's. */
  size: z.number().min(WATERMARK_SIZES.min).max(WATERMARK_SIZES.max),
  opacity: z.number().min(MIN_WATERMARK_OPACITY).max(1),
});
export type Watermark = z.infer<typeof Watermark>;

/** An audio track from another file. It starts with the edited video, and is cut or padded with silence to its length. */
export const AddedAudio = z.strictObject({
  /** Its upload, which has ended. */
  upload: Id,
  /** Instead of all tracks of the file, or in addition to them. */
  mode: z.enum(["replace", "add"]),
  language: Language.nullable().default(null),
});
export type AddedAudio = z.infer<typeof AddedAudio>;

export const WatermarkUploaded = z.object({ picture: z.string() });

/** An edit of the uploaded file, which is not changed. */
export const EditRecipe = z.strictObject({
  /** The parts to keep, in seconds of the file, in order. Each begins and ends at the nearest frame. */
  keep: z
    .array(z.strictObject({ from: Seconds, to: Seconds }))
    .min(1)
    .max(MAX_KEPT_RANGES),
  /** A picture over every frame. */
  watermark: Watermark.optional(),
  audio: AddedAudio.optional(),
});
export type EditRecipe = z.infer<typeof EditRecipe>;

/** A file that replaces the uploaded one. */
export const SourceUpload = z.strictObject({
  filename: fileName(255),
  /** Bytes. */
  size: z.int().nonnegative(),
  contentType: z.string().max(100),
  fingerprint: Fingerprint.optional(),
  /** `audio`: an edit can use it as an audio track, and nothing is replaced. */
  purpose: z.enum(["source", "audio"]).default("source"),
});
export type SourceUpload = z.infer<typeof SourceUpload>;

export const VersionState = z.enum([
  /** It is being made while another one plays. */
  "encoding",
  /** The one that plays. */
  "current",
  /** Can be returned to at once. */
  "kept",
  /** Only its recipe is kept: returning to it encodes it again, while another one plays. */
  "archived",
  "failed",
]);
export type VersionState = z.infer<typeof VersionState>;

/** A version of a video: an uploaded file, whole or edited. */
export const VersionEntry = z.object({
  version: z.int(),
  state: VersionState,
  /** Null for the whole file. */
  recipe: EditRecipe.nullable(),
  /** Seconds; null while it is not known. */
  duration: z.number().nullable(),
  /** Size in bytes of the file that it was made from. */
  sourceBytes: z.int(),
  /** 0 to 1; null unless it is being encoded. */
  progress: z.number().nullable(),
  error: VideoError.nullable(),
  createdAt: Timestamp,
});
export type VersionEntry = z.infer<typeof VersionEntry>;

export const VersionList = z.object({
  /** The newest first. Empty for a video that was never edited. */
  items: z.array(VersionEntry),
  /** The version with the whole file, whose timeline a recipe's seconds refer to. Null before the video is ready. */
  whole: z.object({ version: z.int(), duration: z.number(), frameRate: z.number() }).nullable(),
});
export type VersionList = z.infer<typeof VersionList>;
