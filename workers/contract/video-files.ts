import { z } from "zod";
import { Timestamp } from "./common.ts";

/** `source`, `download-mp4`, or the id of a rendition: `h264-720`. */
export const VideoFileId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,40}$/, "must be the id of a file");

/** A file of a video that its creator can take back whole. */
export const VideoFile = z.object({
  id: VideoFileId,
  /**
   * `source`: the uploaded file, byte for byte. `download`: video and audio in one file, made while downloads are
   * offered. `rendition`: one video or audio track of the stream, as a separate MP4 file.
   */
  kind: z.enum(["source", "download", "rendition"]),
  name: z.string(),
  bytes: z.int(),
  /** In hex, once the source has been read whole; null for other files. */
  sha256: z.string().nullable(),
  /** Pixels; null for audio and where the size does not matter. */
  height: z.int().nullable(),
  /** `h264`, `aac`; null for the source and downloads. */
  codec: z.string().nullable(),
  /** Language of an audio track. */
  language: z.string().nullable(),
  /**
   * Absolute. Anyone with it can download the file until `expiresAt`. Ranges are supported, so that an interrupted
   * download can be resumed.
   */
  url: z.string(),
});
export type VideoFile = z.infer<typeof VideoFile>;

export const VideoFileList = z.object({ items: z.array(VideoFile), expiresAt: Timestamp });
export type VideoFileList = z.infer<typeof VideoFileList>;
