import { catalogReplica } from "../db/client.ts";
import { AppError } from "../domain/errors.ts";
import { DeliveryLog } from "./delivery-log.ts";
import {
  type PlaybackTokenClaims,
  MAX_TOKEN_LENGTH,
  ownKeys,
  verifySignature,
} from "./playback-token.ts";
import { type Asker, askerOf, compileRules } from "./playback-token-rules.ts";
import { ownerOf } from "./owners.ts";
import { Recent } from "./recent.ts";

export type MediaRequest = Request<unknown, IncomingRequestCfProperties>;
export type MediaContext = Pick<ExecutionContext, "exports" | "waitUntil">;

/** Seconds that a creator's clock may be ahead of ours. */
const CLOCK_SKEW = 60;
/** Longest life of a grant in seconds, so that revocations may be forgotten. */
const MAX_LIFETIME = 86_400;
/** Verified tokens an isolate remembers, at most twice as many; each takes about a kilobyte. */
const REMEMBERED = 2500;

interface Verified {
  claims: PlaybackTokenClaims;
  kid: string;
  /** Seconds since the epoch: a revocation after this moment ends the grant. */
  issuedAt: number;
  /** Null without rules, so that nobody looks at the request for nothing. */
  allows: ((asker: Asker) => boolean) | null;
}

const log = new DeliveryLog();
const verified = new Recent<Verified>(REMEMBERED);

export const invalidPlaybackToken = (): AppError =>
  new AppError("invalid_playback_token", "This playback token is not valid for what was asked.");

/** A token's signature and form are checked once an isolate. */
async function verify(token: string, env: Env): Promise<Verified> {
  const known = verified.get(token);
  if (known) return known;
  const own = await ownKeys(env);
  const { claims, kid, ownerId } = await verifySignature(token, own, (id) => log.key(id));
  if (claims.exp - claims.iat > MAX_LIFETIME) throw invalidPlaybackToken();
  if (ownerId !== null && ownerId !== (await ownerOf(claims.sub, env)))
    throw invalidPlaybackToken();
  // A creator's clock may be ahead of ours, and would save from a revocation what was issued just before it.
  const issuedAt = ownerId === null ? claims.iat : claims.iat - CLOCK_SKEW;
  const { countries, ipRanges, origins } = claims;
  const hasRules = countries ?? ipRanges ?? origins;
  const entry = {
    claims,
    kid,
    issuedAt,
    allows: hasRules ? compileRules(claims, env.PUBLIC_ORIGIN) : null,
  };
  verified.set(token, entry);
  return entry;
}

/**
 * The claims of a token that holds here and now: genuine, in its time, not revoked, and its rules fit the request.
 * What they allow to fetch is for the caller to compare.
 * @throws AppError invalid_playback_token, expired_playback_token, unavailable
 */
export async function admit(
  request: MediaRequest,
  token: string,
  env: Env,
  ctx: Pick<MediaContext, "waitUntil">,
): Promise<PlaybackTokenClaims> {
  if (token.length > MAX_TOKEN_LENGTH) throw invalidPlaybackToken();
  await log.ensureFresh(
    () => catalogReplica(env),
    (promise) => ctx.waitUntil(promise),
  );
  const { claims, kid, issuedAt, allows } = await verify(token, env);
  const now = Date.now() / 1000;
  if (claims.exp <= now)
    throw new AppError(
      "expired_playback_token",
      "This playback token has expired. Ask for a new one.",
    );
  if (Math.max(claims.iat, claims.nbf ?? 0) > now + CLOCK_SKEW) throw invalidPlaybackToken();
  if (log.isRevoked({ videoId: claims.sub, sessionId: claims.sid, kid, issuedAt }))
    throw invalidPlaybackToken();
  if (allows && !allows(askerOf(request, env.PUBLIC_ORIGIN))) throw invalidPlaybackToken();
  return claims;
}
