import type { Context, MiddlewareHandler } from "hono";
import type { AppEnv } from "../context.ts";
import { Id } from "../contract/common.ts";
import { catalog } from "../db/client.ts";
import { type Playable, readPlayable } from "../db/playback.ts";

const playables = new WeakMap<Request, Promise<Playable>>();

/** The data that was read for this request; undefined if there is none. */
export function earlyPlayable(c: Context<AppEnv>): Promise<Playable> | undefined {
  return playables.get(c.req.raw);
}

/**
 * Reads the video of a playback while the caller's session is looked up, so that both are one round trip to the catalogue.
 * The service checks afterwards whether the caller may have it. Callers without an account have nothing to look up.
 */
export const readPlayableEarly: MiddlewareHandler<AppEnv> = (c, next) => {
  const id = Id.safeParse(c.req.param("id"));
  if (c.req.method === "POST" && id.success)
    c.set("beside", () => {
      const reading = readPlayable(catalog(c.env), id.data);
      // The result is not awaited if the caller is refused.
      reading.catch(() => undefined);
      playables.set(c.req.raw, reading);
    });
  return next();
};
