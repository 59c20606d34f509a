import type { MiddlewareHandler } from "hono";
import type { AppEnv } from "../context.ts";
import { readPass } from "../domain/access-pass.ts";

/** The header in which a viewer sends the proof of access to a private video. */
export const PASS_HEADER = "kinora-pass";

/** Adds the pass of the request to its caller. An invalid or expired pass is ignored. */
export const readAccessPass: MiddlewareHandler<AppEnv> = async (c, next) => {
  const text = c.req.header(PASS_HEADER);
  const pass = text && (await readPass(c.env.BETTER_AUTH_SECRET, text, Date.now()));
  if (pass) c.set("principal", { ...c.var.principal, pass });
  await next();
};
