import type { Principal } from "./domain/principal.ts";

/** Hono's environment for every route: `c.env` has the bindings, `c.var.principal` is the caller. */
export interface AppEnv {
  Bindings: Env;
  Variables: {
    principal: Principal;
    /** Called once the signature of the caller's token is verified, while the session behind it is looked up. */
    beside?: () => void;
  };
}
