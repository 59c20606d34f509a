import type { Beacon } from "../contract/beacons.ts";
import type { EventMessage } from "../contract/messages.ts";
import type { PlaybackTokenClaims } from "../media/playback-token.ts";
import { endStream } from "./streams.ts";

/** Watch time that counts as a view; a shorter video counts when it was played to its end. */
const MIN_VIEW_SECONDS = 5;

/** Ends a closed stream, and sends a view to the events queue. A session counts once, however often its player reports. */
export async function recordBeacon(
  env: Pick<Env, "CATALOG" | "EVENTS">,
  claims: PlaybackTokenClaims,
  beacon: Beacon,
): Promise<void> {
  if (beacon.closed) await endStream(env, claims);
  // A token for images plays nothing, so nothing was watched with it.
  if (claims.images || (beacon.watched < MIN_VIEW_SECONDS && !beacon.ended)) return;
  const view: EventMessage = {
    kind: "view",
    videoId: claims.sub,
    sessionId: claims.sid,
    at: new Date().toISOString(),
  };
  await env.EVENTS.send(view);
}
