import { useEffect } from "preact/hooks";
import type { KeyValueStorage } from "../../browser-storage.ts";
import type { ChaptersDraft } from "./chapter-draft.ts";
import type { VideoChanges } from "./video-changes.ts";

/** Unsaved changes of a video, and the state that they are based on. */
export interface KeptChanges {
  saved: VideoChanges;
  draft: VideoChanges;
  chapters: ChaptersDraft | null;
}

const keyOf = (videoId: string): string => `kinora.video-changes.${videoId}`;

/** Changes that were not saved when this tab was reloaded or crashed; null if others have been saved since. */
export function keptChanges(
  videoId: string,
  saved: VideoChanges,
  storage: KeyValueStorage = sessionStorage,
): KeptChanges | null {
  const text = storage.getItem(keyOf(videoId));
  if (text === null) return null;
  const kept = JSON.parse(text) as KeptChanges;
  return JSON.stringify(kept.saved) === JSON.stringify(saved) ? kept : null;
}

/** @param changes null when there is nothing to save */
export function keepChanges(
  videoId: string,
  changes: KeptChanges | null,
  storage: KeyValueStorage = sessionStorage,
): void {
  if (changes) storage.setItem(keyOf(videoId), JSON.stringify(changes));
  else storage.removeItem(keyOf(videoId));
}

/** Keeps the changes in this tab until they are saved, or the creator confirms leaving the page. */
export function useKeptChanges(videoId: string, changes: KeptChanges | null): void {
  useEffect(() => keepChanges(videoId, changes));
  useEffect(() => () => keepChanges(videoId, null), [videoId]);
}
