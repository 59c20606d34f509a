import { z } from "zod";

/** Why the video track of a source is encoded, although the deployment copies web-ready ones. */
export const CopyRefusal = z.enum([
  /** The creator wants it. */
  "chosen",
  /** Not an MP4 or MOV file with one complete index and without edits, nor copied into one. */
  "container",
  /** Not progressive H.264 with 8 bits and 4:2:0. */
  "codec",
  /** Rotated, cropped, not in square pixels, or too large. */
  "shape",
  /** Frames at irregular times, too many per second, or not as long as the audio. */
  "frame_times",
  /** Keyframes are too far apart, or frames before one depend on it. */
  "key_frames",
  /** More bits than an encode would need. */
  "bitrate",
]);
export type CopyRefusal = z.infer<typeof CopyRefusal>;

/** What a creator should know about a source. A notice never fails a task: the usable parts are published. */
export const NoticeCode = z.enum([
  /** The video track is published unchanged. */
  "video_copied",
  /** The video track is not web-ready, for the reason given. */
  "video_encoded",
  /** The audio track is published unchanged. */
  "audio_copied",
  /** No decoder here reads the audio track. */
  "audio_unreadable",
  /** The audio track is one more than a video may have. */
  "audio_left_out",
  /** The captions are images. */
  "captions_are_images",
  /** The captions are damaged, or their encoding is unknown. */
  "captions_unreadable",
  /** The caption track is one more than a video may have. */
  "captions_left_out",
  /** Some captions of the track are damaged and were left out. */
  "cues_dropped",
]);
export const Notice = z.object({
  code: NoticeCode,
  /** Name of the track. */
  track: z.string(),
  /** Number of captions concerned, or of tracks that a video may have. */
  count: z.int().optional(),
  reason: CopyRefusal.optional(),
});
export type Notice = z.infer<typeof Notice>;

/** A notice as the API tells it. */
export const ShownNotice = Notice.extend({
  /** An English sentence that says the same. */
  detail: z.string(),
});
export type ShownNotice = z.infer<typeof ShownNotice>;
