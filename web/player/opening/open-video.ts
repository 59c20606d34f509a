import type { Playback } from "../../../workers/contract/playback.ts";
import type { Watch } from "../../../workers/contract/watch.ts";
import { storedPosition } from "./resume.ts";

export interface OpenVideo {
  id: string;
  playback: Playback;
  /** Seconds, from the account's history if it has an entry, else from this browser. */
  resumeAt: number;
}

/** The data that the player needs; undefined while the video cannot be played. */
export function openVideo({ video, playback, progress }: Watch): OpenVideo | undefined {
  if (!playback) return undefined;
  const isInHistory = progress?.updatedAt != null;
  const position = isInHistory ? progress.position : storedPosition(video.id);
  return { id: video.id, playback, resumeAt: progress?.finished ? 0 : position };
}
