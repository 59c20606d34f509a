import { browserStorage, type KeyValueStorage } from "../../browser-storage.ts";
import type { TrackKey } from "./captions-api.ts";
import type { DraftCue } from "./cue-draft.ts";

interface StoredDraft {
  /** When the track that it began with was changed, or null for a new one. */
  base: string | null;
  cues: readonly DraftCue[];
}

/** Written by this page, but possibly by another version of it. */
function isDraft(value: unknown): value is StoredDraft {
  const { cues } = (value ?? {}) as Partial<StoredDraft>;
  return (
    Array.isArray(cues) &&
    (cues as Partial<DraftCue>[]).every(
      (cue) =>
        typeof cue?.key === "number" &&
        typeof cue.start === "number" &&
        typeof cue.end === "number" &&
        typeof cue.text === "string" &&
        typeof cue.settings === "string",
    )
  );
}

const keyOf = (videoId: string, { language, kind }: TrackKey): string =>
  `kinora-captions:${videoId}:${language}:${kind}`;

/** The draft of a track that this browser keeps; null without one. */
export function readDraft(
  videoId: string,
  track: TrackKey,
  storage: KeyValueStorage = browserStorage(),
): StoredDraft | null {
  try {
    const stored: unknown = JSON.parse(storage.getItem(keyOf(videoId, track)) ?? "null");
    return isDraft(stored) ? stored : null;
  } catch {
    return null;
  }
}

/** Stores a draft, if the browser has room. */
export function keepDraft(
  videoId: string,
  track: TrackKey,
  draft: StoredDraft,
  storage: KeyValueStorage = browserStorage(),
): void {
  try {
    storage.setItem(keyOf(videoId, track), JSON.stringify(draft));
  } catch {
    // Storage is full: the draft stays on screen, and leaving the page warns.
  }
}

export function forgetDraft(
  videoId: string,
  track: TrackKey,
  storage: KeyValueStorage = browserStorage(),
): void {
  storage.removeItem(keyOf(videoId, track));
}
