/** What an access token may allow. Free of zod, for the browser; the schemas are in account.ts. */
export const SCOPES = [
  "videos:read",
  "videos:write",
  "uploads:write",
  "search:read",
  "playback:token",
  "history:read",
  "history:write",
  "library:read",
  "library:write",
  "analytics:read",
  "admin",
] as const;

/** The scopes of OpenID Connect, and `offline_access` to stay connected. Every role has them. */
export const IDENTITY_SCOPES = ["openid", "profile", "email", "offline_access"] as const;
/** Scopes that an app may request. */
export const APP_SCOPES = [...IDENTITY_SCOPES, ...SCOPES] as const;

/** Moderators, operators and admins are creators too. */
export const ROLES = ["viewer", "creator", "moderator", "operator", "admin"] as const;
/** Roles that decide what the site shows. */
export const MODERATORS = ["moderator", "admin"] as const;
/** Roles that keep it running. */
export const OPERATORS = ["operator", "admin"] as const;
/** Accounts that run the site. */
export const STAFF = ["moderator", "operator", "admin"] as const;

/** Whether a role is among some. */
export function isOneOf(
  roles: readonly (typeof ROLES)[number][],
  role: (typeof ROLES)[number] | undefined,
): boolean {
  return role !== undefined && roles.includes(role);
}
