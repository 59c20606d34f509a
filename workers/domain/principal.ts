import type { AppScope, Role, Scope } from "../contract/accounts.ts";
import type { MaturityLimit } from "../contract/maturity-ratings.ts";
import { isOneOf, MODERATORS, OPERATORS, SCOPES } from "../contract/scopes.ts";
import type { AccessPass } from "./access-pass.ts";
import { AppError } from "./errors.ts";

/** The caller, as proven by the bearer token; anonymous without one. */
export type Principal = Anonymous | SignedIn;

interface Anonymous {
  kind: "anonymous";
  /** A scope that the caller's token lacks, so that the operation treats the caller like anyone. */
  lacks?: Scope;
  maturityLimit?: MaturityLimit;
  pass?: AccessPass;
}

/** A session of an account on one device. */
export interface CallerSession {
  id: string;
  /** Milliseconds since the epoch. */
  startedAt: number;
  /** Null until a profile is chosen. */
  profileId: string | null;
}

export interface SignedIn {
  kind: "user";
  userId: string;
  role: Role;
  scopes: ReadonlySet<AppScope>;
  /** What the token was issued to: a session of the account, an OAuth app, or a script (personal access token). */
  via: "session" | "app" | "pat";
  /** Set in tokens of a session. */
  session?: CallerSession;
  /** Limit of the session's profile: the highest rating that the caller may see or watch. */
  maturityLimit?: MaturityLimit;
  /** The caller's proof for a private video, in addition to the account. */
  pass?: AccessPass;
}

/** The refusal of a token that lacks a scope. RFC 6750, section 3.1. */
export function insufficientScope(scope: Scope): AppError {
  return new AppError("insufficient_scope", `The access token needs the scope ${scope}.`, {
    headers: { "www-authenticate": `Bearer error="insufficient_scope", scope="${scope}"` },
  });
}

/** True for a token of an admin that may do what the owner of a resource may. */
export function isAdmin(principal: Principal): boolean {
  return principal.kind === "user" && principal.role === "admin" && principal.scopes.has("admin");
}

/** True for a token of an account that decides what the site shows. */
export function isModerator(principal: Principal): boolean {
  return (
    principal.kind === "user" &&
    isOneOf(MODERATORS, principal.role) &&
    principal.scopes.has("admin")
  );
}

/** True for a token of an operator that may read the state of the site. */
export function isOperator(principal: Principal): boolean {
  return (
    principal.kind === "user" && isOneOf(OPERATORS, principal.role) && principal.scopes.has("admin")
  );
}

/** The account of the caller, if there is one. */
export function callerAccount(principal: Principal): string | undefined {
  return principal.kind === "user" ? principal.userId : undefined;
}

export const ANONYMOUS: Principal = { kind: "anonymous" };

/**
 * The signed-in caller, for operations that need an account.
 * @throws AppError unauthenticated
 */
export function signedIn(principal: Principal): SignedIn {
  if (principal.kind === "user") return principal;
  if (principal.lacks) throw insufficientScope(principal.lacks);
  throw new AppError(
    "unauthenticated",
    "Sign in, or send an access token in the `Authorization: Bearer` header.",
    { headers: { "www-authenticate": "Bearer" } },
  );
}

const VIEWER_SCOPES: readonly Scope[] = [
  "videos:read",
  "search:read",
  "playback:token",
  "history:read",
  "history:write",
  "library:read",
  "library:write",
];
const CREATOR_SCOPES: readonly Scope[] = SCOPES.filter((scope) => scope !== "admin");
const ROLE_SCOPES = {
  viewer: VIEWER_SCOPES,
  creator: CREATOR_SCOPES,
  moderator: SCOPES,
  operator: SCOPES,
  admin: SCOPES,
} as const satisfies Record<Role, readonly Scope[]>;

/** The scopes of a role: what its own session may do, and the most that it can grant to a token or an app. */
export function scopesOf(role: Role): readonly Scope[] {
  return ROLE_SCOPES[role];
}

/**
 * Callers cannot grant rights that they do not have.
 * @throws AppError forbidden
 */
export function assertMayGrant(role: Role, scopes: readonly string[]): void {
  const own: readonly string[] = scopesOf(role);
  const missing = scopes.find((scope) => !own.includes(scope));
  if (missing)
    throw new AppError("forbidden", `The role ${role} does not have the scope ${missing}.`);
}
