import type { BetterAuthOptions, BetterAuthPlugin } from "better-auth";
import { APIError, createAuthMiddleware } from "better-auth/api";
import { countAttempt, forgetAttempts } from "../db/accounts/attempts.ts";
import { catalog } from "../db/client.ts";
import { hashSecret } from "../domain/secret.ts";
import type { AuthSettings } from "./settings.ts";

const HOUR = 3_600;

/**
 * Attempts an address may make at what can be guessed, counted in D1: exact over all locations. Cheap reads are
 * not counted.
 */
export function addressLimits(settings: AuthSettings): BetterAuthOptions["rateLimit"] {
  const attempts = { window: 60, max: settings.AUTH_ATTEMPTS_PER_MINUTE };
  const tokens = { window: 60, max: 10 * attempts.max };
  // One hour is also the longest window, after which the library prunes the table that `accountLimit` shares.
  const mails = { window: HOUR, max: attempts.max };
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
      // The first pattern that fits decides.
      "/**": false,
    },
  };
}

const keyOf = async (path: string, email: string): Promise<string> =>
  `account|${path}|${await hashSecret(email.toLowerCase())}`;

/** Lets a person in again who was locked out by another's guesses: the new password came through their mailbox. */
export const forgetFailures = async (env: Env, email: string): Promise<void> =>
  forgetAttempts(catalog(env), await keyOf("/sign-in/email", email));

/**
 * Attempts at one account, from however many addresses: passwords guessed and mails sent. An address that has no
 * account counts the same, so the answer tells nothing. Passkeys and the reset mail stay open meanwhile.
 */
export function accountLimit(env: Env, settings: AuthSettings): BetterAuthPlugin {
  const hourly: Record<string, number> = {
    "/sign-in/email": 5 * settings.AUTH_ATTEMPTS_PER_MINUTE,
    // With a taken address, its owner gets a mail.
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
              HOUR * 1000,
            );
            if (count > (hourly[ctx.path] ?? 0)) {
              throw new APIError("TOO_MANY_REQUESTS", {
                message: "Too many requests. Please try again later.",
              });
            }
          }),
        },
      ],
    },
  };
}
