import type { Playback } from "../../workers/contract/playback.ts";
import { getProgress, createPlayback } from "../api.ts";
import { accessTokens } from "../http.ts";
import { storedPosition } from "./resume.ts";

export interface OpenVideo {
  id: string;
  playback: Playback;
  /** Seconds, from the account's history if it has an entry, else from this browser. */
  resumeAt: number;
}

/** Fetches what the player needs to play a video. @throws ApiError when playback is refused */
export async function openVideo(id: string, signal: AbortSignal): Promise<OpenVideo> {
  const [playback, resumeAt] = await Promise.all([
    createPlayback(id, signal),
    resumePosition(id, signal),
  ]);
  return { id, playback, resumeAt };
}

async function resumePosition(id: string, signal: AbortSignal): Promise<number> {
  if (!accessTokens.signedIn) return storedPosition(id);
  // A failed history request must not prevent playback.
  const progress = await getProgress(id, signal).catch(() => null);
  if (!progress?.updatedAt) return storedPosition(id);
  return progress.finished ? 0 : progress.position;
}
