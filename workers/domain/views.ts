/**
 * Objects that count views and likes, each for its share of the videos. The number can be changed safely for views:
 * objects still send what they have not sent yet, but playbacks counted before the change may count once more. Likes
 * would have to be moved (docs/decisions/601-likes.md).
 */
const VIEW_COUNTERS = 16;

/** Playbacks of a video by the same viewer within this time are one view. */
export const PERSON_WINDOW_MS = 3_600_000;
/** Watch time that counts as a view; a shorter video counts when it was played to its end. */
const MIN_VIEW_SECONDS = 5;
/** The fastest that our player plays. */
export const MAX_PLAYBACK_RATE = 2;

/** The name of the object that counts a video: FNV-1a, so that ids spread evenly. */
export function viewCounterName(videoId: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < videoId.length; index++)
    hash = Math.imul(hash ^ videoId.charCodeAt(index), 0x01000193);
  return String((hash >>> 0) % VIEW_COUNTERS);
}

/** A player's report about a playback. */
interface WatchClaim {
  /** Seconds of the video played so far. */
  watched: number;
  ended: boolean;
}

/** Whether so much was watched that it may be a view. */
export function claimsView({ watched, ended }: WatchClaim): boolean {
  return watched >= MIN_VIEW_SECONDS || ended;
}

/** The least time that a claim takes after the first bytes were fetched, in milliseconds. */
export function viewTimeMs({ watched }: Pick<WatchClaim, "watched">): number {
  return (Math.max(1, Math.min(watched, MIN_VIEW_SECONDS)) / MAX_PLAYBACK_RATE) * 1000;
}
