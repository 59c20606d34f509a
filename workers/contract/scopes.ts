/** What an access token may allow. Free of zod, for the browser; the schemas are in account.ts. */
export const SCOPES = [
  "videos:read",
  "videos:write",
  "uploads:write",
  "search:read",
  "playback:token",
  "history:read",
  "history:write",
  "admin",
] as const;

/** What an app may ask for: the scopes of OpenID Connect, `offline_access` to stay connected, and our own. */
export const APP_SCOPES = ["openid", "profile", "email", "offline_access", ...SCOPES] as const;

export const ROLES = ["viewer", "creator", "admin"] as const;
