import type { BetterAuthOptions } from "better-auth/minimal";

/**
 * Attempts an address may make at what can be guessed, counted in D1: exact over all locations, and by the
 * address alone, so that nobody can lock an account by failing on purpose. Cheap reads are not counted.
 */
export function rateLimit(env: Env): BetterAuthOptions["rateLimit"] {
  const attempts = { window: 60, max: Number(env.AUTH_ATTEMPTS_PER_MINUTE) };
  const tokens = { window: 60, max: 10 * attempts.max };
  return {
    enabled: true,
    storage: "database",
    customRules: {
      "/sign-in/*": attempts,
      "/sign-up/*": attempts,
      "/two-factor/*": attempts,
      "/change-*": attempts,
      "/delete-user": attempts,
      "/passkey/verify-authentication": attempts,
      "/request-password-reset": { window: 60, max: 3 },
      "/send-verification-email": { window: 60, max: 3 },
      "/oauth2/register": attempts,
      "/oauth2/token": tokens,
      "/oauth2/introspect": tokens,
      "/oauth2/revoke": tokens,
      // The first pattern that fits decides.
      "/**": false,
    },
  };
}
