import type { Role, Scope } from "../contract/scope.ts";

/** Who is calling, as proven by the bearer token; anonymous without one. */
export type Principal =
  | { kind: "anonymous" }
  | {
      kind: "user";
      userId: string;
      role: Role;
      scopes: ReadonlySet<Scope>;
      /** `jwt`: session or OAuth client on behalf of the user; `pat`: personal access token. */
      via: "jwt" | "pat";
    };

export const ANONYMOUS: Principal = { kind: "anonymous" };
