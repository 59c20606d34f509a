import { z } from "zod";
import { WatchProgress } from "./history.ts";
import { VideoMarks, WatchSettings } from "./library.ts";
import { Playback } from "./playback.ts";
import { Video } from "./videos.ts";

/** Everything that a page needs to play a video, in one response. */
export const Watch = z.object({
  video: Video,
  /** null while the video cannot be watched; `video.state` says why. */
  playback: Playback.nullable(),
  /** How far the caller has watched it; null without an account, or without the scope `history:read`. */
  progress: WatchProgress.nullable(),
  /** The caller's history and lists for this video; null without an account, or without the scope `library:read`. */
  marks: VideoMarks.nullable(),
  /** How the caller watches; null as `marks`. */
  settings: WatchSettings.nullable(),
});
export type Watch = z.infer<typeof Watch>;
