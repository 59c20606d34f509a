import { browserStorage } from "../browser-storage.ts";

const KEY = "kinora.watchlist";
/** Limit without an account; an account may save more. */
const MAX_VIDEOS = 50;

/** The ids of the watchlist that this browser keeps for a viewer without an account, latest first. */
export function localWatchlist(storage: Pick<Storage, "getItem"> = browserStorage()): string[] {
  try {
    const stored: unknown = JSON.parse(storage.getItem(KEY) ?? "[]");
    return Array.isArray(stored) ? stored.filter((id) => typeof id === "string") : [];
  } catch {
    return [];
  }
}

/** Adds a video, or removes it. Beyond {@link MAX_VIDEOS} the oldest is removed. */
export function setInLocalWatchlist(
  id: string,
  isIn: boolean,
  storage: Pick<Storage, "getItem" | "setItem"> = browserStorage(),
): void {
  const others = localWatchlist(storage).filter((other) => other !== id);
  const ids = isIn ? [id, ...others].slice(0, MAX_VIDEOS) : others;
  storage.setItem(KEY, JSON.stringify(ids));
}

/** Deletes the local list once it has been moved to an account. */
export function clearLocalWatchlist(storage: Pick<Storage, "removeItem"> = browserStorage()): void {
  storage.removeItem(KEY);
}
