import type { PlaybackRequest } from "../contract/playback.ts";
import type { WatchProgress } from "../contract/history.ts";
import type { Watch } from "../contract/watch.ts";
import { catalog } from "../db/client.ts";
import type { LibraryEnv } from "../db/history.ts";
import { authorizeOperation } from "../domain/access.ts";
import type { Principal } from "../domain/principal.ts";
import { isWatchable } from "../domain/videos.ts";
import { log } from "../log.ts";
import { authorizedVideo } from "./authorized-video.ts";
import { progressOf } from "./history.ts";
import { type PlaybackEnv, startPlayback } from "./playback.ts";
import { presentVideos } from "./present-videos.ts";

/**
 * A video, a playback of it if it can be watched, and the caller's progress. The caller needs the rights of each part; the
 * progress alone is left out without them.
 * @throws AppError not_found, insufficient_scope, invalid_playback_token, too_many_streams
 */
export async function openWatch(
  env: PlaybackEnv & LibraryEnv,
  principal: Principal,
  videoId: string,
  request: PlaybackRequest,
): Promise<Watch> {
  authorizeOperation(principal, "videos.get");
  const db = catalog(env);
  const row = await authorizedVideo(db, principal, "playback.watch", videoId);
  const hasProgress = principal.kind === "user" && principal.scopes.has("history:read");
  const [[video], playback, progress] = await Promise.all([
    presentVideos(env, db, [row], principal),
    isWatchable(row.state) ? startPlayback(env, principal, row, request) : null,
    hasProgress ? progressIfAvailable(env, principal.userId, videoId) : null,
  ]);
  return { video: video!, playback, progress };
}

/** A video starts at its beginning rather than not at all when the viewer's position cannot be read. */
function progressIfAvailable(
  env: LibraryEnv,
  userId: string,
  videoId: string,
): Promise<WatchProgress | null> {
  return progressOf(env, userId, videoId).catch((error: unknown) => {
    log("library.unavailable", { error: String(error) });
    return null;
  });
}
