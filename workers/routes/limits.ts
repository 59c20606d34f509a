import { normalizeIP } from "@better-auth/core/utils/ip";
import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { AppEnv } from "../context.ts";
import { MAX_CAPTION_BYTES } from "../domain/cues.ts";
import { AppError } from "../domain/errors.ts";

const bodyOf = (maxSize: number): MiddlewareHandler<AppEnv> =>
  bodyLimit({
    maxSize,
    onError: () => {
      throw new AppError("payload_too_large", `The body may have at most ${maxSize} bytes.`);
    },
  });
const json = bodyOf(256 * 1024);
const captions = bodyOf(MAX_CAPTION_BYTES);

/** Bodies are small: bytes of videos never come through here. */
export const limitBody: MiddlewareHandler<AppEnv> = (c, next) =>
  (c.req.path.includes("/captions/") ? captions : json)(c, next);

const READS = new Set(["GET", "HEAD"]);
/** Seconds after which a refused caller may try again: the period of the limits in wrangler.toml. */
const PERIOD = 60;

/**
 * A ceiling for one account, or one address (of IPv6 a /64, which is one person's) without an account, far above what
 * people do: it stops scripts that inflate views, harvest grants or fill the disk. Counted in each Cloudflare location
 * for itself.
 */
export const limitRate: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { principal } = c.var;
  const key =
    principal.kind === "user"
      ? `user:${principal.userId}`
      : `address:${normalizeIP(c.req.header("cf-connecting-ip") ?? "")}`;
  const limit = READS.has(c.req.method) ? c.env.READ_LIMIT : c.env.WRITE_LIMIT;
  const { success } = await limit.limit({ key });
  if (!success) {
    throw new AppError("rate_limited", "Too many requests. Wait a minute.", {
      headers: { "retry-after": String(PERIOD) },
    });
  }
  await next();
};
