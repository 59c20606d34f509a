import type { BetterAuthPlugin } from "better-auth";
import { APIError, createAuthMiddleware, getSessionFromCtx } from "better-auth/api";
import { z } from "zod";
import { AccountName, CredentialName, EMAIL_MAX } from "../contract/accounts.ts";
import { UNSEEN_CHARACTERS } from "../contract/unseen-text.ts";
import { cutText } from "../domain/cut-text.ts";
import { LIMITS } from "../domain/limits.ts";
import type { AuthSettings } from "./settings.ts";

const Label = AccountName.optional();
/** No page shows images of accounts, so none is stored. */
const NoImage = z.undefined("is not supported").optional();

/** Inputs that the library stores without a limit and without checking their characters. */
const INPUT_SCHEMAS: Record<string, z.ZodType<Record<string, unknown>>> = {
  "/sign-up/email": z.looseObject({
    name: AccountName,
    email: z.string().max(EMAIL_MAX),
    image: NoImage,
  }),
  "/update-user": z.looseObject({ name: Label, image: NoImage }),
  // Dynamic registration (RFC 7591): the name is shown on the consent page.
  "/oauth2/register": z.looseObject({ client_name: CredentialName.optional() }),
  "/passkey/verify-registration": z.looseObject({ name: Label }),
};

/** Refuses inputs that the library would store, before the library reveals anything about an account. */
const checkInputs = {
  matcher: ({ path }: { path?: string }) => path !== undefined && path in INPUT_SCHEMAS,
  handler: createAuthMiddleware(async (ctx) => {
    const parsed = INPUT_SCHEMAS[ctx.path]?.safeParse(ctx.body);
    if (parsed?.success) return { context: { body: parsed.data } };
    const [issue] = parsed?.error.issues ?? [];
    const message = [issue?.path.join("."), issue?.message].filter(Boolean).join(": ");
    throw new APIError("BAD_REQUEST", { code: "INVALID_REQUEST", message });
  }),
};

/** The response is the same for every request and therefore reveals nothing. */
const signUpIsClosed = {
  matcher: ({ path }: { path?: string }) => path === "/sign-up/email",
  handler: createAuthMiddleware(async () => {
    throw new APIError("FORBIDDEN", {
      code: "SIGN_UP_CLOSED",
      message: "Sign-up by email is closed.",
    });
  }),
};

/** The OAuth provider treats this field as text in the body of any request, before a schema has checked it. */
const oauthQueryIsText = {
  matcher: ({ body }: { body?: { oauth_query?: unknown } }) =>
    body?.oauth_query !== undefined && typeof body.oauth_query !== "string",
  handler: createAuthMiddleware(async () => {
    throw new APIError("BAD_REQUEST", {
      code: "INVALID_REQUEST",
      message: "oauth_query: must be a string",
    });
  }),
};

/** The library checks the password of an account only if the request has one. */
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
        message: "Enter your password to delete your account.",
      });
  }),
};

/** What a session with a limited profile may do: a child or guest is not the account's holder. */
const PATHS_OF_LIMITED_PROFILES: ReadonlySet<string | undefined> = new Set([
  "/get-session",
  "/token",
  "/jwks",
  "/sign-out",
]);

/** A sign-in has no session yet, or leaves the one that it has. */
const isOfLimitedProfiles = (path: string | undefined): boolean =>
  PATHS_OF_LIMITED_PROFILES.has(path) ||
  /^\/(sign-in|callback|oauth2\/callback)\//.test(path ?? "");

const onlyWatching = {
  matcher: ({ path, headers }: { path?: string; headers?: Headers }) =>
    !isOfLimitedProfiles(path) && (headers?.has("cookie") ?? false),
  handler: createAuthMiddleware(async (ctx) => {
    const session = await getSessionFromCtx(ctx).catch(() => null);
    if (session?.session["maturityLimit"])
      throw new APIError("FORBIDDEN", {
        code: "LIMITED_PROFILE",
        message: "This profile may not do this. Choose another profile.",
      });
  }),
};

const limitReached = (message: string) =>
  new APIError("CONFLICT", { code: "LIMIT_REACHED", message });

const fewPasskeys = {
  matcher: ({ path }: { path?: string }) => path === "/passkey/verify-registration",
  handler: createAuthMiddleware(async (ctx) => {
    const session = await getSessionFromCtx(ctx);
    if (!session) return;
    const where = [{ field: "userId", value: session.user.id }];
    if ((await ctx.context.adapter.count({ model: "passkey", where })) >= LIMITS.passkeysPerAccount)
      throw limitReached(
        `An account can have ${LIMITS.passkeysPerAccount} passkeys. Delete one you no longer use.`,
      );
  }),
};

/** An app that registers itself for a signed-in account belongs to it, as one from the settings does. */
const fewApps = {
  matcher: ({ path }: { path?: string }) => path === "/oauth2/register",
  handler: createAuthMiddleware(async (ctx) => {
    const session = await getSessionFromCtx(ctx);
    if (!session) return;
    const where = [{ field: "userId", value: session.user.id }];
    const count = await ctx.context.adapter.count({ model: "oauthClient", where });
    if (count >= LIMITS.appsPerAccount)
      throw limitReached(`An account can have ${LIMITS.appsPerAccount} apps. Delete one first.`);
  }),
};

/** The signed query of the consent page, which names the app. */
const ConsentQuery = z.object({ accept: z.literal(true), oauth_query: z.string() });

const fewGrants = {
  matcher: ({ path }: { path?: string }) => path === "/oauth2/consent",
  handler: createAuthMiddleware(async (ctx) => {
    const consent = ConsentQuery.safeParse(ctx.body);
    const session = await getSessionFromCtx(ctx);
    if (!session || !consent.success) return;
    // If an app already has access, a consent only changes its scopes.
    const clientId = new URLSearchParams(consent.data.oauth_query).get("client_id") ?? "";
    const where = [
      { field: "userId", value: session.user.id },
      { field: "clientId", value: clientId, operator: "ne" as const },
    ];
    const others = await ctx.context.adapter.count({ model: "oauthConsent", where });
    if (others >= LIMITS.grantsPerAccount)
      throw limitReached(
        `An account can give access to ${LIMITS.grantsPerAccount} apps. End the access of one you no longer use.`,
      );
  }),
};

/** Adapts the name from another provider to our rules, because the user cannot be asked for another one. */
export function fittingProfile({ name, email }: { name: string; email: string }) {
  const visible = name.replaceAll(UNSEEN_CHARACTERS, "").trim();
  return { name: cutText(visible || email, 80), image: null };
}

/** Our own rules for requests to the auth library, applied before it does anything. */
export function accountRules(settings: AuthSettings): BetterAuthPlugin {
  return {
    id: "account-rules",
    hooks: {
      before: [
        ...(settings.SIGNUP === "closed" ? [signUpIsClosed] : []),
        oauthQueryIsText,
        onlyWatching,
        checkInputs,
        deleteWithPassword,
        fewPasskeys,
        fewApps,
        fewGrants,
      ],
    },
  };
}
