import type { Beacon } from "../contract/beacon.ts";
import type { EventMessage } from "../contract/messages.ts";
import type { GrantClaims } from "../media/grant.ts";

/** Seconds that must have been watched for a view, unless the film is shorter and was played to its end. */
const VIEW_SECONDS = 5;

/** Tells the events queue of a view. One session counts once, however often its player reports. */
export async function recordBeacon(
  env: Pick<Env, "EVENTS">,
  claims: GrantClaims,
  beacon: Beacon,
): Promise<void> {
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
