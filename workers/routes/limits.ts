import { normalizeIP } from "@better-auth/core/utils/ip";
import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { CREATOR_IMAGE_LIMITS } from "../contract/creator-limits.ts";
import type { AppEnv } from "../context.ts";
import { MAX_POSTER_BYTES } from "../contract/poster-limits.ts";
import { MAX_CAPTION_BYTES } from "../domain/captions/cues.ts";
import { AppError } from "../domain/errors.ts";
import type { Principal } from "../domain/principal.ts";

function limitedTo(maxSize: number): MiddlewareHandler<AppEnv> {
  return bodyLimit({
    maxSize,
    onError: () => {
      throw new AppError(
        "payload_too_large",
        `The request body may have at most ${maxSize} bytes.`,
      );
    },
  });
}
const MAX_BODY_BYTES = 256 * 1024;
const limitJson = limitedTo(MAX_BODY_BYTES);
const limitCaptions = limitedTo(MAX_CAPTION_BYTES);

const limitPosters = limitedTo(MAX_POSTER_BYTES);
const limitImages = limitedTo(CREATOR_IMAGE_LIMITS.banner.bytes);

function bodyLimitOf(path: string): MiddlewareHandler<AppEnv> {
  if (path.startsWith("/v1/me/profile/images/")) return limitImages;
  if (path.endsWith("/poster/file") || path.endsWith("/versions/watermark")) return limitPosters;
  return path.includes("/captions/") ? limitCaptions : limitJson;
}

/** Bodies are small, since video files go straight to storage. */
export const limitBody: MiddlewareHandler<AppEnv> = (c, next) => bodyLimitOf(c.req.path)(c, next);

const READ_METHODS = new Set(["GET", "HEAD"]);
/** The period of the limits in wrangler.toml, after which a refused caller may try again. */
const LIMIT_PERIOD_SECONDS = 60;

/** Reads that cost much more than a row or two, and that scripts harvest the catalogue with. */
const EXPENSIVE_READS = /^\/v1\/(?:search|suggest|videos|videos\/[^/]+\/related)$/;

/**
 * The limit of a request. A whole office or school may have one address, so what visitors without an account read in passing
 * (a video, captions, the home page) has a much higher limit than searches and writes.
 */
function limitOf(env: Env, principal: Principal, method: string, path: string): RateLimit {
  if (!READ_METHODS.has(method)) return env.WRITE_LIMIT;
  const isCheap = principal.kind === "anonymous" && !EXPENSIVE_READS.test(path);
  return isCheap ? env.ADDRESS_READ_LIMIT : env.READ_LIMIT;
}

/** What represents one household in a limit: an IP address, for IPv6 its /64. */
export const addressKey = (address: string): string => `address:${normalizeIP(address)}`;

/**
 * Limits requests per account, or without an account per IP address (for IPv6 per /64, which one household has). The limit
 * is far above normal use: it stops scripts that inflate views, harvest playback tokens or fill the storage. Each
 * Cloudflare location counts separately.
 */
export const limitRate: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { principal } = c.var;
  const key =
    principal.kind === "user"
      ? `user:${principal.userId}`
      : addressKey(c.req.header("cf-connecting-ip") ?? "");
  const limit = limitOf(c.env, principal, c.req.method, c.req.path);
  const { success } = await limit.limit({ key });
  if (!success) {
    throw new AppError("rate_limited", "Too many requests. Try again in a minute.", {
      headers: { "retry-after": String(LIMIT_PERIOD_SECONDS) },
    });
  }
  await next();
};
