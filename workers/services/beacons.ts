import type { Beacon } from "../contract/beacons.ts";
import type { EventMessage } from "../contract/messages.ts";
import type { PlaybackTokenClaims } from "../media/playback-token.ts";
import { endStream } from "./streams.ts";

/** Seconds that must have been watched for a view, unless the film is shorter and was played to its end. */
const VIEW_SECONDS = 5;

/** Ends what was closed, and tells the events queue of a view. One session counts once, however often its player reports. */
export async function recordBeacon(
  env: Pick<Env, "CATALOG" | "EVENTS">,
  claims: PlaybackTokenClaims,
  beacon: Beacon,
): Promise<void> {
  if (beacon.closed) await endStream(env, claims);
  // A grant for pictures plays nothing, so nothing was watched with it.
  if (claims.images || (beacon.watched < VIEW_SECONDS && !beacon.ended)) return;
  const view: EventMessage = {
    kind: "view",
    videoId: claims.sub,
    sessionId: claims.sid,
    at: new Date().toISOString(),
  };
  await env.EVENTS.send(view);
}
