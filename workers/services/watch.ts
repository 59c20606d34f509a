import type { PlaybackRequest } from "../contract/playback.ts";
import type { Watch } from "../contract/watch.ts";
import type { VideoNotes } from "../db/account-library.ts";
import { catalog } from "../db/client.ts";
import { type LibraryEnv, libraryOf } from "../db/history.ts";
import type { Playable } from "../db/playback.ts";
import { authorizeOperation } from "../domain/access.ts";
import type { Principal, SignedIn } from "../domain/principal.ts";
import { profileOf } from "../domain/profiles.ts";
import { isWatchable } from "../domain/videos.ts";
import { log } from "../log.ts";
import { admitToVideo } from "./authorized-video.ts";
import { presentProgress } from "./history.ts";
import { type PlaybackEnv, readPlayableFor, startPlayback } from "./playback.ts";
import { presentWithExtras } from "./present-videos.ts";

/**
 * A video, a playback of it if it can be watched, and the caller's library data about it. The caller needs the rights
 * for each part; library data is left out if the rights for it are missing.
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
  const caller = principal.kind === "user" ? principal : null;
  const seesProgress = caller?.scopes.has("history:read");
  const seesMarks = caller?.scopes.has("library:read");
  const noting =
    caller && (seesProgress || seesMarks) ? notesIfAvailable(env, caller, videoId) : null;
  const playable = await (reading ?? readPlayableFor(env, principal, videoId));
  const { video: row, entrance } = await admitToVideo(
    catalog(env),
    principal,
    "playback.watch",
    playable.row,
  );
  const extras = new Map(playable.extras ? [[row.id, playable.extras]] : []);
  const [[video], playback] = await Promise.all([
    presentWithExtras(env, [row], extras, principal),
    isWatchable(row.state)
      ? startPlayback(env, principal, { video: row, playable, entrance }, request)
      : null,
  ]);
  const notes = await noting;
  return {
    video: video!,
    playback,
    progress: notes && seesProgress ? presentProgress(notes.progress) : null,
    settings: notes && seesMarks ? notes.settings : null,
    marks: notes && seesMarks ? { inWatchlist: notes.inWatchlist, liked: notes.liked } : null,
  };
}

/** A video starts at its beginning rather than not at all when the viewer's position cannot be read. */
async function notesIfAvailable(
  env: LibraryEnv,
  caller: SignedIn,
  videoId: string,
): Promise<VideoNotes | null> {
  try {
    return await libraryOf(env, caller.userId).notesOf(profileOf(caller), videoId);
  } catch (error) {
    log("library.unavailable", { error });
    return null;
  }
}
