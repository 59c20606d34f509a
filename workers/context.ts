import type { Principal } from "./domain/principal.ts";

/** Hono's environment for every route: bindings are `c.env`, and the caller is always known. */
export interface AppEnv {
  Bindings: Env;
  Variables: { principal: Principal };
}
