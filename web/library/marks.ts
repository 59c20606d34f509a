import { signal } from "@preact/signals";
import type { VideoMarks } from "../../workers/contract/library.ts";
import { setInWatchlist, setLiked } from "../api.ts";
import { account } from "../session.ts";
import { localWatchlist, setInLocalWatchlist } from "./local-watchlist.ts";

type Changes = ReadonlyMap<string, Partial<VideoMarks>>;

/** Changes by this tab that are newer than the loaded videos. */
const changes = signal<Changes>(new Map());

// One account's changes must not apply to the next.
account.subscribe(() => {
  changes.value = new Map();
});

/** The viewer's likes and lists for a video. @param loaded the server's response; null without an account */
export function marksOf(id: string, loaded: VideoMarks | null): VideoMarks {
  const known = loaded ?? { inWatchlist: localWatchlist().includes(id), liked: false };
  return { ...known, ...changes.value.get(id) };
}

function note(id: string, change: Partial<VideoMarks>): void {
  changes.value = new Map(changes.value).set(id, { ...changes.value.get(id), ...change });
}

/** Shows a change at once and reverts it if it fails. */
async function tryTo(id: string, change: Partial<VideoMarks>, action: () => Promise<void>) {
  const before = changes.value.get(id) ?? {};
  note(id, change);
  try {
    await action();
  } catch (error) {
    changes.value = new Map(changes.value).set(id, before);
    throw error;
  }
}

/** Adds a video to the account's watchlist, or without an account to this browser's. @throws ApiError */
export function changeWatchlist(id: string, inWatchlist: boolean): Promise<void> {
  return tryTo(id, { inWatchlist }, async () => {
    if (account.value) await setInWatchlist(id, inWatchlist);
    else setInLocalWatchlist(id, inWatchlist);
  });
}

/** @throws ApiError */
export function changeLike(id: string, liked: boolean): Promise<void> {
  return tryTo(id, { liked }, () => setLiked(id, liked));
}
