import { Hono } from "hono";
import { authOf } from "../auth/server.ts";
import type { AppEnv } from "../context.ts";

/** Everything that better-auth answers: sign-in, sessions, tokens and the OAuth server. */
export const auth = new Hono<AppEnv>().on(["GET", "POST"], "/api/auth/*", (c) =>
  authOf(c.env).handler(c.req.raw),
);
