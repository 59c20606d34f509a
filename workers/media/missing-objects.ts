import { log } from "../log.ts";
import type { MediaCatalog } from "./media-catalog.ts";
import type { MediaPath } from "./media-path.ts";
import { RecentCache } from "./recent-cache.ts";

/** One report is enough for all viewers of a video who miss the same, and a script cannot make many. */
const MIN_REPORT_INTERVAL_MS = 60_000;
const reportedAt = new RecentCache<number>(1000);

/** Tells the catalogue that an object is missing for which a viewer has a valid token. A failure is only logged. */
export async function noteMissing(
  { videoId, version, path }: MediaPath,
  catalog: MediaCatalog,
): Promise<void> {
  const now = Date.now();
  if (now - (reportedAt.get(videoId) ?? 0) < MIN_REPORT_INTERVAL_MS) return;
  reportedAt.set(videoId, now);
  await catalog
    .reportMissing(videoId, version, path)
    .catch((error: unknown) => log("media.failed", { videoId, error }));
}
