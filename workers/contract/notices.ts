import { z } from "zod";

/** What a source has that cannot be used. It never fails a task: the rest of the video is published. */
export const NoticeCode = z.enum([
  /** No decoder here reads the audio track. */
  "audio_unreadable",
  /** The captions are pictures. */
  "captions_are_images",
  /** The captions are damaged, or their encoding is unknown. */
  "captions_unreadable",
  /** Some captions of the track are damaged and were left out. */
  "cues_dropped",
]);
export const Notice = z.object({
  code: NoticeCode,
  /** Name of the track. */
  track: z.string(),
  /** Number of captions concerned. */
  count: z.int().optional(),
});
export type Notice = z.infer<typeof Notice>;
