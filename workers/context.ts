import type { Operation } from "./domain/access-rules.ts";
import type { Principal } from "./domain/principal.ts";

/** Hono's environment for every route: `c.env` has the bindings, `c.var.principal` is the caller. */
export interface AppEnv {
  Bindings: Env;
  Variables: {
    principal: Principal;
    /** The operation that the guard has allowed, and the path of its route. */
    guarded?: { operation: Operation; pattern: string };
    /** Called once the signature of the caller's token is verified, while the session behind it is looked up. */
    beside?: () => void;
  };
}
