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
  "admin",
] as const;

/** The scopes of OpenID Connect, and `offline_access` to stay connected. Every role has them. */
export const IDENTITY_SCOPES = ["openid", "profile", "email", "offline_access"] as const;
/** What an app may ask for. */
export const APP_SCOPES = [...IDENTITY_SCOPES, ...SCOPES] as const;

export const ROLES = ["viewer", "creator", "admin"] as const;
