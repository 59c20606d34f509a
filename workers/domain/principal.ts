import type { AppScope, Role, Scope } from "../contract/accounts.ts";
import { SCOPES } from "../contract/scopes.ts";
import { AppError } from "./errors.ts";

/** Who is calling, as proven by the bearer token; anonymous without one. */
export type Principal = { kind: "anonymous" } | SignedIn;

export interface SignedIn {
  kind: "user";
  userId: string;
  role: Role;
  scopes: ReadonlySet<AppScope>;
  /** What the token was given to: the account's own session, an OAuth app, or a script (personal access token). */
  via: "session" | "app" | "pat";
}

export const ANONYMOUS: Principal = { kind: "anonymous" };

/**
 * The caller, where the operation needs an account.
 * @throws AppError `unauthenticated`
 */
export function signedIn(principal: Principal): SignedIn {
  if (principal.kind === "user") return principal;
  throw new AppError(
    "unauthenticated",
    "Sign in, or send an access token as `Authorization: Bearer`.",
    { headers: { "www-authenticate": "Bearer" } },
  );
}

const VIEWER_SCOPES: readonly Scope[] = [
  "videos:read",
  "search:read",
  "playback:token",
  "history:read",
  "history:write",
];
const CREATOR_SCOPES: readonly Scope[] = SCOPES.filter((scope) => scope !== "admin");
const ROLE_SCOPES = {
  viewer: VIEWER_SCOPES,
  creator: CREATOR_SCOPES,
  admin: SCOPES,
} as const satisfies Record<Role, readonly Scope[]>;

/** What a role may do at all: the scopes of its own session, and the most that it can hand on to a token or an app. */
export const scopesOf = (role: Role): readonly Scope[] => ROLE_SCOPES[role];

/**
 * Nobody hands on a right that they do not have.
 * @throws AppError `forbidden`
 */
export function assertMayHandOn(role: Role, scopes: readonly string[]): void {
  const own: readonly string[] = scopesOf(role);
  const beyond = scopes.find((scope) => !own.includes(scope));
  if (beyond)
    throw new AppError("forbidden", `The role ${role} does not have the scope ${beyond}.`);
}
