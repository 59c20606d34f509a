import { z } from "zod";
import { Timestamp } from "./common.ts";

/** What a player needs; every URL is origin-relative or absolute and carries the grant in its path. */
export const Playback = z.object({
  hls: z.string(),
  /** null while the video is only `playable`, and for encrypted videos. */
  dash: z.string().nullable(),
  downloads: z.array(z.object({ format: z.enum(["mp4", "webm", "m4a"]), url: z.string(), size: z.int() })),
  poster: z.string().nullable(),
  storyboard: z.string().nullable(),
  captions: z.array(z.object({ language: z.string(), label: z.string(), url: z.string() })),
  chapters: z.array(z.object({ start: z.number(), title: z.string() })),
  token: z.string(),
  expiresAt: Timestamp,
});
export type Playback = z.infer<typeof Playback>;
