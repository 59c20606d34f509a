import { z } from "zod";

/**
 * The stages of a transcode, in order: a task may start when every task of an earlier stage is done. `publish` makes the
 * video ready; the stages after it only add to it.
 */
export const Stage = z.enum([
  "plan",
  /** Everything that `ready` needs. */
  "encode",
  "publish",
  /** A second codec, downloads, another poster, playlists with changed captions. */
  "extras",
  /** Playlists with the second codec, and the WebM file. */
  "publish-extras",
  /** Playlists after renditions that only the WebM file uses. */
  "publish-downloads",
]);
export type Stage = z.infer<typeof Stage>;

/** Priorities within a stage, the first to run first. */
export const Priority = z.enum([
  /** Plan, remux and publish, for which the rest of the video waits. */
  "blocking",
  "first-video",
  "first-audio",
  "other-renditions",
  "images",
  "captions",
  "other-audio",
  "later-audio",
  "later-video",
  "downloads",
  "second-codec",
  "download-renditions",
]);
export type Priority = z.infer<typeof Priority>;
