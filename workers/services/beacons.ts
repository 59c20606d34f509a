import type { Beacon } from "../contract/beacons.ts";
import { type ViewCounterEnv, viewCounterOf } from "../db/views.ts";
import type { AudienceReport } from "../domain/audience/audience-report.ts";
import type { Principal } from "../domain/principal.ts";
import { claimsView, viewTimeMs } from "../domain/views.ts";
import type { PlaybackTokenClaims } from "../media/playback-token.ts";
import { endStream, type StreamEnv } from "./streams.ts";
import { viewerHash } from "./viewer-hash.ts";

/**
 * Ends a closed stream, and has a view counted. A session counts once, however often its player reports, and only if it has
 * fetched the video (media/session-fetches.ts).
 * @param address IP address, for viewers without an account
 * @param report what the player says about its audience, for the creator's analytics
 */
export async function recordBeacon(
  env: Pick<Env, "CATALOG" | "BETTER_AUTH_SECRET"> & StreamEnv & ViewCounterEnv,
  { principal, address }: { principal: Principal; address: string },
  claims: PlaybackTokenClaims,
  beacon: Beacon,
  report: AudienceReport | null,
): Promise<void> {
  if (beacon.closed) await endStream(env, principal, claims);
  // A token for images plays nothing, so nothing was watched with it.
  if (claims.images || !claimsView(beacon)) return;
  const claim = {
    videoId: claims.sub,
    sessionId: claims.sid,
    who: await viewerHash(env, principal, address),
    at: Date.now(),
    viewTimeMs: viewTimeMs(beacon),
  };
  await viewCounterOf(env, claims.sub).countView(claim, report);
}
