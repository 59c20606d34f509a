import { waitUntil } from "cloudflare:workers";
import { passkey } from "@better-auth/passkey";
import { APIError, isAPIError } from "better-auth/api";
import { betterAuth, type BetterAuthOptions } from "better-auth/minimal";
import { genericOAuth } from "better-auth/plugins/generic-oauth";
import { haveIBeenPwned } from "better-auth/plugins/haveibeenpwned";
import { jwt } from "better-auth/plugins/jwt";
import { twoFactor } from "better-auth/plugins/two-factor";
import { Role } from "../contract/accounts.ts";
import { ROLES } from "../contract/scopes.ts";
import { endOldestSessions } from "../db/accounts/accounts.ts";
import { sessionStartOf } from "../db/accounts/session-profiles.ts";
import { catalog } from "../db/client.ts";
import { forgetChallenges } from "../db/accounts/attempts.ts";
import { authAdapter } from "../db/accounts/auth-adapter.ts";
import { deleteAccountContents, reindexVideosOf, revokeAccess } from "../services/accounts.ts";
import { newId } from "../domain/id.ts";
import { log } from "../log.ts";
import { scopesOf } from "../domain/principal.ts";
import { relayOutbox } from "../services/outbox.ts";
import { accountRules, fittingProfile } from "./account-rules.ts";
import { auditedActs, noteReset } from "./audited-acts.ts";
import { DISABLED_PATHS } from "./disabled-paths.ts";
import { type Mail, mailerOf } from "../services/mailer.ts";
import { existingAccountMail, resetMail, verificationMail } from "./mails.ts";
import { defaultResource, oauthServer } from "./oauth.ts";
import { oneTimeCodes } from "./one-time-codes.ts";
import { accountLimit, addressLimits, forgetFailures } from "./rate-limit.ts";
import { endReusedFamily } from "./refresh-families.ts";
import { ACCESS_TOKEN_ALGORITHM, type AuthSettings, authSettings } from "./settings.ts";

const DAY_SECONDS = 86_400;

/** `POST /reset-password?revoke=access` also ends personal access tokens and the access of apps. */
function wantsAccessRevoked(request: Request | undefined): boolean {
  return request !== undefined && new URL(request.url).searchParams.get("revoke") === "access";
}

/** Options for passwords and the mail that goes with them. */
function passwords(env: Env, settings: AuthSettings) {
  const { PRODUCT_NAME: product, PUBLIC_ORIGIN: origin } = env;
  const mailer = mailerOf(settings);
  const emailAndPassword = {
    enabled: true,
    // The library's default hash is scrypt of node:crypto, which is native in workerd.
    minPasswordLength: 8,
    maxPasswordLength: 256,
    revokeSessionsOnPasswordReset: true,
  };
  // Without mail no address can be verified, and accounts that exist must still be able to sign in.
  if (!mailer) return { emailAndPassword } satisfies BetterAuthOptions;
  const mustVerify = settings.SIGNUP !== "open";
  const send = async (mail: Mail): Promise<void> => void (await mailer.send(mail));
  return {
    emailAndPassword: {
      ...emailAndPassword,
      requireEmailVerification: mustVerify,
      sendResetPassword: ({ user, token }) =>
        send(resetMail(product, user.email, `${origin}/reset-password?token=${token}`)),
      onPasswordReset: async ({ user }, request) => {
        noteReset(request, user);
        await forgetFailures(env, user.email);
        // Older links, in any mailbox, and devices that skip the second factor.
        await forgetChallenges(catalog(env), user.id);
        if (wantsAccessRevoked(request))
          await revokeAccess(env, user.id, { tokens: true, apps: true });
      },
      onExistingUserSignUp: ({ user }) => send(existingAccountMail(product, user.email, origin)),
    },
    emailVerification: {
      sendOnSignUp: true,
      sendOnSignIn: mustVerify,
      // A link in a mail must not bypass the second factor.
      autoSignInAfterVerification: false,
      sendVerificationEmail: ({ user, url }) => send(verificationMail(product, user.email, url)),
    },
  } satisfies BetterAuthOptions;
}

/** Access tokens of a session: they carry the account, its role, and all scopes of that role. */
function accessTokens(origin: string) {
  return jwt({
    disableSettingJwtHeader: true,
    jwks: {
      keyPairConfig: { alg: ACCESS_TOKEN_ALGORITHM },
      rotationInterval: 90 * DAY_SECONDS,
      gracePeriod: 7 * DAY_SECONDS,
    },
    jwt: {
      issuer: origin,
      audience: origin,
      expirationTime: "15m",
      definePayload: ({ user, session }) => {
        const role = Role.parse(user["role"]);
        return { role, scope: scopesOf(role).join(" "), sid: session.id };
      },
    },
  });
}

const accountSuspended = () =>
  new APIError("FORBIDDEN", {
    code: "ACCOUNT_SUSPENDED",
    message: "This account is suspended. Contact the people who run this site.",
  });

/**
 * Passes on errors that are not responses of the library, such as database failures, to the common error handler
 * (app.ts).
 */
function throwUnlessAnswer(error: unknown): void {
  if (!isAPIError(error)) throw error;
  if (error.status === "INTERNAL_SERVER_ERROR") log("request.failed", { error: error.message });
}

function createAuth(env: Env) {
  const settings = authSettings(env);
  const { PRODUCT_NAME: product, PUBLIC_ORIGIN: origin } = env;
  const instance = betterAuth({
    appName: product,
    // Never derived from the request: the Worker runs behind a proxy, and callers choose the Host header.
    baseURL: origin,
    basePath: "/api/auth",
    trustedOrigins: [origin],
    secret: env.BETTER_AUTH_SECRET,
    database: authAdapter(env.CATALOG),
    ...passwords(env, settings),
    user: {
      additionalFields: {
        role: {
          type: [...ROLES],
          required: true,
          // `input: false`: no request may set the role. `npm run admin` makes the first admin.
          input: false,
          defaultValue: settings.SIGNUP_ROLE,
        },
        hasProfiles: { type: "boolean", required: false, input: false, defaultValue: false },
      },
      deleteUser: {
        enabled: true,
        beforeDelete: async ({ id }) => {
          await deleteAccountContents(env, id);
          waitUntil(relayOutbox(env));
        },
        // Repeated, because a request that was authorized before the account was deleted may have stored something
        // since.
        afterDelete: async ({ id }) => {
          await deleteAccountContents(env, id);
          waitUntil(relayOutbox(env));
        },
      },
    },
    databaseHooks: {
      session: {
        create: {
          before: async (session) => {
            const start = await sessionStartOf(catalog(env), session.userId);
            // Only the proven holder of an account learns that it is suspended.
            if (!start.mayBegin) throw accountSuspended();
            return { data: { ...session, maturityLimit: start.maturityLimit } };
          },
          after: ({ userId }) => endOldestSessions(catalog(env), userId),
        },
      },
      user: {
        create: { before: async (user) => ({ data: { ...user, ...fittingProfile(user) } }) },
        update: {
          after: async ({ id }, context) => {
            if (context?.path === "/update-user") await reindexVideosOf(env, id);
          },
        },
      },
    },
    // The token in a reset mail is as good as a password, so the table has only its hash.
    verification: { storeIdentifier: "hashed" },
    session: {
      expiresIn: 30 * DAY_SECONDS,
      updateAge: DAY_SECONDS,
      additionalFields: {
        profileId: { type: "string", required: false, input: false },
        maturityLimit: { type: "string", required: false, input: false },
      },
    },
    rateLimit: addressLimits(settings),
    advanced: {
      database: { generateId: newId },
      ipAddress: { ipAddressHeaders: ["cf-connecting-ip"] },
      backgroundTasks: { handler: waitUntil },
    },
    disabledPaths: DISABLED_PATHS,
    // The page explains a failed sign-in with another provider, or an expired link.
    onAPIError: { errorURL: `${origin}/sign-in`, onError: throwUnlessAnswer },
    // Warnings of the library contain mail addresses of users who mistyped a password.
    logger: { level: "error" },
    telemetry: { enabled: false },
    plugins: [
      // These rules come first, so that no other plugin has to handle what they refuse.
      accountRules(settings),
      accessTokens(origin),
      twoFactor({ issuer: product }),
      passkey({ rpID: new URL(origin).hostname, rpName: product, origin }),
      haveIBeenPwned({ enabled: settings.CHECK_BREACHED_PASSWORDS }),
      genericOAuth({
        config: settings.OIDC_PROVIDERS.map(({ id, ...provider }) => ({
          ...provider,
          providerId: id,
          scopes: ["openid", "profile", "email"],
          pkce: true,
          requireIdTokenVerification: true,
        })),
      }),
      oauthServer(env, settings),
      accountLimit(env, settings),
      oneTimeCodes(env),
      defaultResource(env),
      endReusedFamily(env),
      // This comes last, when it is known how a request ends.
      auditedActs(env),
    ],
  });
  // The set-up must finish for other requests that wait for it, even if the first caller disconnects.
  waitUntil(instance.$context);
  return instance;
}

export type Auth = ReturnType<typeof createAuth>;

const instances = new WeakMap<Env, Auth>();

/** The auth server of this isolate, created on first use. */
export function authOf(env: Env): Auth {
  let instance = instances.get(env);
  if (!instance) {
    instance = createAuth(env);
    instances.set(env, instance);
  }
  return instance;
}
