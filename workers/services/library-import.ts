import type { LibraryImport } from "../contract/library.ts";
import { catalog } from "../db/client.ts";
import { type LibraryEnv, libraryOf } from "../db/history.ts";
import { findVideos } from "../db/videos.ts";
import { type Principal, signedIn } from "../domain/principal.ts";
import { profileOf } from "../domain/profiles.ts";
import { isFinished } from "./history.ts";
import { isShownTo } from "./library.ts";

/**
 * Adds data that a browser stored before its viewer signed in, for videos that they may see, and without overwriting
 * newer data.
 */
export async function importLibrary(
  env: Pick<Env, "CATALOG"> & LibraryEnv,
  principal: Principal,
  { watchlist, positions }: LibraryImport,
): Promise<void> {
  const caller = signedIn(principal);
  const ids = new Set([...watchlist, ...positions.map(({ videoId }) => videoId)]);
  const rows = await findVideos(catalog(env), [...ids]);
  const shown = new Map(
    rows.filter((row) => isShownTo(principal, row)).map((row) => [row.id, row]),
  );
  const now = Date.now();
  await libraryOf(env, caller.userId).importKept(profileOf(caller), {
    // Each a moment older than the one before, so that they keep their order.
    watchlist: watchlist
      .filter((id) => shown.has(id))
      .map((videoId, index) => ({ videoId, addedAt: now - index })),
    positions: positions.flatMap(({ videoId, position, at }) => {
      const video = shown.get(videoId);
      if (!video) return [];
      const updatedAt = Math.min(Date.parse(at), now);
      return [{ videoId, position, finished: isFinished(video, position), updatedAt }];
    }),
  });
}
