import { log } from "../log.ts";
import type { Delivery } from "./admission.ts";
import type { MediaPath } from "./media-path.ts";
import type { PlaybackTokenClaims } from "./playback-token.ts";
import { RecentCache } from "./recent-cache.ts";

/** How many playbacks an isolate remembers, at about a hundred bytes each; at most twice as many. */
const MAX_KNOWN_SESSIONS = 5000;

interface KnownSession {
  /** The first file that it fetched here. */
  path: string;
  /** When, in milliseconds since the epoch. */
  at: number;
  isReported: boolean;
}

const known = new RecentCache<KnownSession>(MAX_KNOWN_SESSIONS);

/**
 * Records that a playback fetched a file of the video. With the second file, or a complete download, it notifies the
 * view counter, once per playback and isolate. So views need no call per segment, and a view does not count if its
 * player fetched nothing. A playback fetches at least an init segment and a segment, and nearly always several of each,
 * so it does not matter if they reach more than one isolate.
 */
export function noteFetch(
  { sub: videoId, sid }: PlaybackTokenClaims,
  { path, kind }: MediaPath,
  { ctx, catalog }: Pick<Delivery, "ctx" | "catalog">,
): void {
  const key = `${videoId}/${sid}`;
  const session = known.get(key) ?? { path, at: Date.now(), isReported: false };
  known.set(key, session);
  const isEnough = kind === "download" || session.path !== path;
  if (session.isReported || !isEnough) return;
  session.isReported = true;
  const report = catalog.reportFetch(videoId, sid, session.at).catch((error: unknown) => {
    session.isReported = false;
    log("media.fetch-not-reported", { error });
  });
  ctx.waitUntil(report);
}
