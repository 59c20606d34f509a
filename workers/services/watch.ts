import type { PlaybackRequest } from "../contract/playback.ts";
import type { WatchProgress } from "../contract/history.ts";
import type { Watch } from "../contract/watch.ts";
import type { LibraryEnv } from "../db/history.ts";
import type { Playable } from "../db/playback.ts";
import { authorizeOperation } from "../domain/access.ts";
import type { Principal } from "../domain/principal.ts";
import { isWatchable } from "../domain/videos.ts";
import { log } from "../log.ts";
import { authorizeVideo } from "./authorized-video.ts";
import { progressOf } from "./history.ts";
import { type PlaybackEnv, readPlayableFor, startPlayback } from "./playback.ts";
import { presentWithExtras } from "./present-videos.ts";

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
  reading?: Promise<Playable>,
): Promise<Watch> {
  authorizeOperation(principal, "videos.get");
  const hasProgress = principal.kind === "user" && principal.scopes.has("history:read");
  const progress = hasProgress ? progressIfAvailable(env, principal.userId, videoId) : null;
  const playable = await (reading ?? readPlayableFor(env, principal, videoId));
  const row = authorizeVideo(principal, "playback.watch", playable.row);
  const extras = new Map(playable.extras ? [[row.id, playable.extras]] : []);
  const [[video], playback] = await Promise.all([
    presentWithExtras(env, [row], extras, principal),
    isWatchable(row.state)
      ? startPlayback(env, principal, { video: row, playable }, request)
      : null,
  ]);
  return { video: video!, playback, progress: await progress };
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
