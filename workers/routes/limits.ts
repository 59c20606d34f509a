import { normalizeIP } from "@better-auth/core/utils/ip";
import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { AppEnv } from "../context.ts";
import { MAX_CAPTION_BYTES } from "../domain/cues.ts";
import { AppError } from "../domain/errors.ts";

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

/** Bodies are small, since video files go straight to storage. */
export const limitBody: MiddlewareHandler<AppEnv> = (c, next) =>
  (c.req.path.includes("/captions/") ? limitCaptions : limitJson)(c, next);

const READ_METHODS = new Set(["GET", "HEAD"]);
/** The period of the limits in wrangler.toml, after which a refused caller may try again. */
const LIMIT_PERIOD_SECONDS = 60;

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
      : `address:${normalizeIP(c.req.header("cf-connecting-ip") ?? "")}`;
  const limit = READ_METHODS.has(c.req.method) ? c.env.READ_LIMIT : c.env.WRITE_LIMIT;
  const { success } = await limit.limit({ key });
  if (!success) {
    throw new AppError("rate_limited", "Too many requests. Try again in a minute.", {
      headers: { "retry-after": String(LIMIT_PERIOD_SECONDS) },
    });
  }
  await next();
};
