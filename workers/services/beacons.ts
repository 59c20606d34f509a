import type { Beacon } from "../contract/beacons.ts";
import type { EventMessage } from "../contract/messages.ts";
import { catalog, runBatch } from "../db/client.ts";
import { enqueueEvent } from "../db/outbox.ts";
import { markPicksWatched } from "../db/popular-searches.ts";
import { findVideo } from "../db/videos.ts";
import { countView } from "../db/views.ts";
import type { PlaybackTokenClaims } from "../media/playback-token.ts";
import { endStream } from "./streams.ts";
import { accountHash } from "./viewer-hash.ts";

/** Watch time that counts as a view; a shorter video counts when it was played to its end. */
const MIN_VIEW_SECONDS = 5;
/** The fastest that our player plays. */
const MAX_PLAYBACK_RATE = 2;

/** Whether as much time has passed since the token was issued as watching this much takes. */
function tookItsTime(claims: PlaybackTokenClaims, beacon: Beacon, now: number): boolean {
  const seconds = Math.max(1, Math.min(beacon.watched, MIN_VIEW_SECONDS)) / MAX_PLAYBACK_RATE;
  return now / 1000 - claims.iat >= seconds;
}

/**
 * Ends a closed stream, and has a view counted. A session counts once, however often its player reports. The caller relays
 * the outbox.
 * @param who keyed hash of the viewer
 */
export async function recordBeacon(
  env: Pick<Env, "CATALOG">,
  who: string,
  claims: PlaybackTokenClaims,
  beacon: Beacon,
): Promise<void> {
  if (beacon.closed) await endStream(env, claims);
  // A token for images plays nothing, so nothing was watched with it.
  if (claims.images || (beacon.watched < MIN_VIEW_SECONDS && !beacon.ended)) return;
  if (!tookItsTime(claims, beacon, Date.now())) return;
  const at = new Date().toISOString();
  const view: EventMessage = {
    kind: "view",
    videoId: claims.sub,
    sessionId: claims.sid,
    who,
    at,
  };
  const db = catalog(env);
  await runBatch(db, [enqueueEvent(db, view)]);
}

/** Counts a view, unless it is the creator's own, and notes that the viewer watched what they had searched for. */
export async function storeView(
  env: Pick<Env, "CATALOG" | "BETTER_AUTH_SECRET">,
  { videoId, sessionId, who, at }: Extract<EventMessage, { kind: "view" }>,
): Promise<void> {
  const db = catalog(env);
  const video = await findVideo(db, videoId);
  if (!video || who === (await accountHash(env, video.ownerId))) return;
  await countView(db, { videoId, sessionId, who }, Date.parse(at));
  if (who !== "") await markPicksWatched(db, { videoId, who });
}
