import type { BetterAuthPlugin } from "better-auth";
import { APIError, createAuthMiddleware, getSessionFromCtx } from "better-auth/api";
import { z } from "zod";
import { AccountName, EMAIL_MAX, UNSEEN_CHARACTERS } from "../contract/accounts.ts";
import type { AuthSettings } from "./settings.ts";

const LABEL = AccountName.optional();
/** Pictures of people are shown nowhere, so none is kept. */
const NO_IMAGE = z.undefined("is not taken here").optional();

/** What the library keeps as it comes: no limit of its own, no look at the characters. */
const INPUTS: Record<string, z.ZodType<Record<string, unknown>>> = {
  "/sign-up/email": z.looseObject({
    name: AccountName,
    email: z.string().max(EMAIL_MAX),
    image: NO_IMAGE,
  }),
  "/update-user": z.looseObject({ name: LABEL, image: NO_IMAGE }),
  "/passkey/verify-registration": z.looseObject({ name: LABEL }),
};

/** Refuses inputs that the library would store, before it tells anything of an account. */
const checkInputs = {
  matcher: ({ path }: { path?: string }) => path !== undefined && path in INPUTS,
  handler: createAuthMiddleware(async (ctx) => {
    const parsed = INPUTS[ctx.path]?.safeParse(ctx.body);
    if (parsed?.success) return { context: { body: parsed.data } };
    const [issue] = parsed?.error.issues ?? [];
    const message = [issue?.path.join("."), issue?.message].filter(Boolean).join(": ");
    throw new APIError("BAD_REQUEST", { code: "INVALID_REQUEST", message });
  }),
};

/** The same for every call: nothing of it is looked at, so nothing can be told. */
const signUpIsClosed = {
  matcher: ({ path }: { path?: string }) => path === "/sign-up/email",
  handler: createAuthMiddleware(async () => {
    throw new APIError("FORBIDDEN", {
      code: "SIGN_UP_CLOSED",
      message: "New accounts are not opened by email here.",
    });
  }),
};

/** The OAuth provider takes this for text in the body of any call, before a schema has seen it. */
const oauthQueryIsText = {
  matcher: ({ body }: { body?: { oauth_query?: unknown } }) =>
    body?.oauth_query !== undefined && typeof body.oauth_query !== "string",
  handler: createAuthMiddleware(async () => {
    throw new APIError("BAD_REQUEST", {
      code: "INVALID_REQUEST",
      message: "oauth_query: must be text",
    });
  }),
};

/** The library asks for the password of an account only where one was sent. */
const deleteWithPassword = {
  matcher: ({ path, body }: { path?: string; body?: { password?: unknown } }) =>
    path === "/delete-user" && !body?.password,
  handler: createAuthMiddleware(async (ctx) => {
    const session = await getSessionFromCtx(ctx);
    if (!session) return;
    const credential = await ctx.context.internalAdapter.findCredentialAccount(session.user.id);
    if (credential?.password)
      throw new APIError("BAD_REQUEST", {
        code: "PASSWORD_REQUIRED",
        message: "The password is needed to delete the account.",
      });
  }),
};

/** What another provider says of a person, as near as the rules of a name allow: there is nobody to ask again. */
export const fitting = ({ name, email }: { name: string; email: string }) => {
  const seen = name.replaceAll(UNSEEN_CHARACTERS, "").trim();
  return { name: (seen || email).slice(0, 80), image: null };
};

/** Rules of ours for calls of the auth library, held before it does anything. */
export const accountRules = (settings: AuthSettings): BetterAuthPlugin => ({
  id: "account-rules",
  hooks: {
    before: [
      ...(settings.SIGNUP === "closed" ? [signUpIsClosed] : []),
      oauthQueryIsText,
      checkInputs,
      deleteWithPassword,
    ],
  },
});
