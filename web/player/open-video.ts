import type { Playback } from "../../workers/contract/playback.ts";
import { getProgress, createPlayback } from "../api.ts";
import { accessTokens } from "../http.ts";
import { resumeAt } from "./resume.ts";

export interface OpenVideo {
  id: string;
  grant: Playback;
  /** Second to go on at: the account's own, else this browser's. */
  resumeAt: number;
}

/** What the player needs to open a film. @throws ApiError when it may not be played */
export async function openVideo(id: string, signal: AbortSignal): Promise<OpenVideo> {
  const [grant, position] = await Promise.all([
    createPlayback(id, signal),
    knownPosition(id, signal),
  ]);
  return { id, grant, resumeAt: position };
}

async function knownPosition(id: string, signal: AbortSignal): Promise<number> {
  if (!accessTokens.signedIn) return resumeAt(id);
  // A film plays from the start rather than not at all.
  const progress = await getProgress(id, signal).catch(() => null);
  if (!progress?.updatedAt) return resumeAt(id);
  return progress.finished ? 0 : progress.position;
}
