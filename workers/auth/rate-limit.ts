import { waitUntil } from "cloudflare:workers";
import type { BetterAuthOptions, BetterAuthPlugin } from "better-auth";
import { APIError, createAuthMiddleware } from "better-auth/api";
import { countAttempt, forgetAttempts } from "../db/accounts/attempts.ts";
import { catalog } from "../db/client.ts";
import { hashSecret } from "../domain/secret.ts";
import { recordAttackedAccount } from "./limited-attempts.ts";
import type { AuthSettings } from "./settings.ts";

const HOUR_SECONDS = 3_600;

/**
 * Limits per IP address for everything that can be guessed, counted in D1 and therefore exact over all locations. Cheap reads
 * are not counted.
 */
export function addressLimits(settings: AuthSettings): BetterAuthOptions["rateLimit"] {
  const attempts = { window: 60, max: settings.AUTH_ATTEMPTS_PER_MINUTE };
  const tokens = { window: 60, max: 10 * attempts.max };
  // One hour is also the longest window: the library then prunes the table, which `accountLimit` shares.
  const mails = { window: HOUR_SECONDS, max: attempts.max };
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
      "/request-password-reset": mails,
      "/send-verification-email": mails,
      "/oauth2/register": attempts,
      "/oauth2/token": tokens,
      "/oauth2/introspect": tokens,
      "/oauth2/revoke": tokens,
      // The first matching pattern applies.
      "/**": false,
    },
  };
}

const keyOf = async (path: string, email: string): Promise<string> =>
  `account|${path}|${await hashSecret(email.toLowerCase())}`;

/** Unlocks an account after a password reset, which proves access to its mailbox. */
export const forgetFailures = async (env: Env, email: string): Promise<void> =>
  forgetAttempts(catalog(env), await keyOf("/sign-in/email", email));

/**
 * Limits per account, from any number of IP addresses, for passwords and mail. An email address without an account counts the
 * same, so the response reveals nothing. Passkeys and the reset mail still work for a locked account.
 */
export function accountLimit(env: Env, settings: AuthSettings): BetterAuthPlugin {
  const hourly: Record<string, number> = {
    "/sign-in/email": 5 * settings.AUTH_ATTEMPTS_PER_MINUTE,
    // If the address is taken, its owner gets a mail.
    "/sign-up/email": 5,
    "/request-password-reset": 5,
    "/send-verification-email": 5,
  };
  return {
    id: "account-limit",
    hooks: {
      before: [
        {
          matcher: ({ path, body }) =>
            path !== undefined && path in hourly && typeof body?.email === "string",
          handler: createAuthMiddleware(async (ctx) => {
            const count = await countAttempt(
              catalog(env),
              await keyOf(ctx.path, ctx.body.email),
              HOUR_SECONDS * 1000,
            );
            const limit = hourly[ctx.path] ?? 0;
            // Recorded once per hour, after the response, whose duration must not reveal whether there is an account.
            if (count === limit + 1)
              waitUntil(recordAttackedAccount(env, ctx.body.email, ctx.path));
            if (count > limit) {
              throw new APIError("TOO_MANY_REQUESTS", {
                message: "Too many attempts. Try again later.",
              });
            }
          }),
        },
      ],
    },
  };
}
