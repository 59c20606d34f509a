import type { BetterAuthPlugin } from "better-auth";
import { APIError, createAuthMiddleware, getSessionFromCtx } from "better-auth/api";
import { countAttempt, forgetChallenges } from "../db/accounts/attempts.ts";
import { catalog } from "../db/client.ts";
import { hashSecret } from "../domain/secret.ts";

/** A code of an authenticator app is valid in its own 30 seconds and in those before and after. */
const CODE_LIFETIME_MS = 120_000;
/** The library's cookie of a sign-in that waits for its second factor. */
const CHALLENGE_COOKIE = "two_factor";

type HookContext = Parameters<Parameters<typeof createAuthMiddleware>[0]>[0];

/** The account that a code is for: the account of the session, or of the pending sign-in. */
async function accountOf(ctx: HookContext): Promise<string | null> {
  const session = await getSessionFromCtx(ctx);
  if (session) return session.user.id;
  const { name } = ctx.context.createAuthCookie(CHALLENGE_COOKIE);
  const challenge = await ctx.getSignedCookie(name, ctx.context.secret);
  if (!challenge) return null;
  return (await ctx.context.internalAdapter.findVerificationValue(challenge))?.value ?? null;
}

/**
 * A code works once (RFC 6238, section 5.2): someone who saw it typed cannot use it again. One statement claims it
 * before the library verifies it, so that only one of two concurrent requests gets that far. A changed password also
 * invalidates open reset links.
 */
export function oneTimeCodes(env: Env): BetterAuthPlugin {
  return {
    id: "one-time-codes",
    hooks: {
      before: [
        {
          matcher: ({ path, body }) =>
            path === "/two-factor/verify-totp" && typeof body?.code === "string",
          handler: createAuthMiddleware(async (ctx) => {
            const userId = await accountOf(ctx);
            if (userId === null) return;
            const key = `totp|${await hashSecret(`${userId} ${ctx.body.code}`)}`;
            if ((await countAttempt(catalog(env), key, CODE_LIFETIME_MS)) > 1)
              throw new APIError("UNAUTHORIZED", {
                code: "CODE_ALREADY_USED",
                message: "This code was already used. Wait for the next one.",
              });
          }),
        },
      ],
      after: [
        {
          matcher: ({ path }) => path === "/change-password",
          handler: createAuthMiddleware(async (ctx) => {
            const returned = ctx.context.returned as { user?: { id?: string } } | undefined;
            if (returned?.user?.id) await forgetChallenges(catalog(env), returned.user.id);
          }),
        },
      ],
    },
  };
}
