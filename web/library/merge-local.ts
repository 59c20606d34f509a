import { importLibrary } from "../api.ts";
import { markPositionsSent, unsentPositions } from "../player/opening/resume.ts";
import { isVideoId } from "../video-id.ts";
import { clearLocalWatchlist, localWatchlist } from "./local-watchlist.ts";

/**
 * Adds this browser's earlier data to the account that has signed in: its watchlist, and how far videos were watched.
 * Failed parts are retried with the next page.
 */
export async function mergeLocalLibrary(): Promise<void> {
  const watchlist = localWatchlist().filter(isVideoId);
  const kept = unsentPositions().filter(({ id }) => isVideoId(id));
  const positions = kept.map(({ id, at, unsentSince }) => ({
    videoId: id,
    position: at,
    at: new Date(unsentSince).toISOString(),
  }));
  if (watchlist.length === 0 && positions.length === 0) return;
  await importLibrary({ watchlist, positions });
  clearLocalWatchlist();
  markPositionsSent();
}
