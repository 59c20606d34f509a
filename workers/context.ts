import type { Principal } from "./domain/principal.ts";

/** Hono's environment for every route: `c.env` has the bindings, `c.var.principal` is the caller. */
export interface AppEnv {
  Bindings: Env;
  Variables: { principal: Principal };
}
