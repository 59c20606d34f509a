import { AppError } from "../domain/errors.ts";
import { MAX_PLAYBACK_TOKEN_AGE_SECONDS } from "../domain/revocations.ts";
import { DeliveryLog } from "./delivery-log.ts";
import type { MediaCatalog } from "./media-catalog.ts";
import {
  MAX_TOKEN_LENGTH,
  ownKeys,
  type PlaybackTokenClaims,
  verifySignature,
} from "./playback-token.ts";
import { compileRules, type Requester, requesterOf } from "./playback-token-rules.ts";
import { RecentCache } from "./recent-cache.ts";
import { ownerOf } from "./video-owners.ts";

export type MediaRequest = Request<unknown, IncomingRequestCfProperties>;

/** What the media handlers need from their Worker; workers/index.ts assembles it. */
export interface Delivery {
  env: Env;
  ctx: Pick<ExecutionContext, "exports" | "waitUntil">;
  catalog: MediaCatalog;
}

/** How far a creator's clock may be ahead of ours. */
const MAX_CLOCK_SKEW_SECONDS = 60;
/** Verified tokens that an isolate keeps, at about a kilobyte each. The cache may hold twice as many. */
const MAX_CACHED_TOKENS = 2500;

interface VerifiedToken {
  claims: PlaybackTokenClaims;
  kid: string;
  /** Seconds since the epoch: a later revocation ends the token. */
  issuedAt: number;
  /** Null for a token without rules, so that its requests are not examined unnecessarily. */
  allows: ((requester: Requester) => boolean) | null;
}

const deliveryLog = new DeliveryLog();
const verifiedTokens = new RecentCache<VerifiedToken>(MAX_CACHED_TOKENS);

export function invalidPlaybackToken(): AppError {
  return new AppError(
    "invalid_playback_token",
    "This playback token is not valid for the requested media.",
  );
}

/** Each isolate checks a token's signature and form once. */
async function verify(token: string, env: Env): Promise<VerifiedToken> {
  const cached = verifiedTokens.get(token);
  if (cached) return cached;
  const own = await ownKeys(env);
  const { claims, kid, ownerId } = await verifySignature(token, own, (id) => deliveryLog.key(id));
  if (claims.exp - claims.iat > MAX_PLAYBACK_TOKEN_AGE_SECONDS) throw invalidPlaybackToken();
  if (ownerId !== null && ownerId !== (await ownerOf(claims.sub, env)))
    throw invalidPlaybackToken();
  // Another claim that a creator's server may not make.
  if (ownerId !== null && claims.acc !== undefined) throw invalidPlaybackToken();
  // A creator's clock may be ahead of ours: a token issued just before a revocation would look newer than it.
  const issuedAt = ownerId === null ? claims.iat : claims.iat - MAX_CLOCK_SKEW_SECONDS;
  const { countries, ipRanges, origins } = claims;
  const hasRules = countries ?? ipRanges ?? origins;
  const verified = {
    claims,
    kid,
    issuedAt,
    allows: hasRules ? compileRules(claims, env.PUBLIC_ORIGIN) : null,
  };
  verifiedTokens.set(token, verified);
  return verified;
}

/**
 * Checks that a token is genuine, not expired and not revoked, and that its rules allow this request. The caller checks
 * that the claims cover the requested media.
 * @throws AppError invalid_playback_token, expired_playback_token, unavailable
 */
export async function admit(
  request: MediaRequest,
  token: string,
  {
    env,
    ctx,
    catalog,
  }: { env: Env; ctx: Pick<ExecutionContext, "waitUntil">; catalog: MediaCatalog },
): Promise<PlaybackTokenClaims> {
  if (token.length > MAX_TOKEN_LENGTH) throw invalidPlaybackToken();
  await deliveryLog.ensureFresh(catalog, (promise) => ctx.waitUntil(promise));
  const { claims, kid, issuedAt, allows } = await verify(token, env);
  const now = Date.now() / 1000;
  if (claims.exp <= now)
    throw new AppError(
      "expired_playback_token",
      "This playback token has expired. Request a new one.",
    );
  if (Math.max(claims.iat, claims.nbf ?? 0) > now + MAX_CLOCK_SKEW_SECONDS)
    throw invalidPlaybackToken();
  const { sub: videoId, sid: sessionId, acc: account } = claims;
  if (deliveryLog.isRevoked({ videoId, sessionId, account, kid, issuedAt }))
    throw invalidPlaybackToken();
  if (allows && !allows(requesterOf(request, env.PUBLIC_ORIGIN))) throw invalidPlaybackToken();
  return claims;
}
