import { waitUntil } from "cloudflare:workers";
import { passkey } from "@better-auth/passkey";
import { betterAuth, type BetterAuthOptions } from "better-auth/minimal";
import { genericOAuth } from "better-auth/plugins/generic-oauth";
import { haveIBeenPwned } from "better-auth/plugins/haveibeenpwned";
import { jwt } from "better-auth/plugins/jwt";
import { twoFactor } from "better-auth/plugins/two-factor";
import { Role } from "../contract/accounts.ts";
import { ROLES } from "../contract/scopes.ts";
import { authAdapter } from "../db/accounts/auth-adapter.ts";
import { deleteAccountContents, reindexVideosOf } from "../services/accounts.ts";
import { newId } from "../domain/id.ts";
import { scopesOf } from "../domain/principal.ts";
import { relayOutbox } from "../services/outbox.ts";
import { accountRules, fitting } from "./account-rules.ts";
import { DISABLED_PATHS } from "./disabled-paths.ts";
import { mailerOf } from "./mailer.ts";
import { existingAccountMail, resetMail, verificationMail } from "./mails.ts";
import { defaultResource, endReusedFamily, oauthServer } from "./oauth.ts";
import { accountLimit, addressLimits, forgetFailures } from "./rate-limit.ts";
import { type AuthSettings, authSettings } from "./settings.ts";
import { TOKEN_ALGORITHM } from "./token-algorithm.ts";

const DAY = 86_400;

/** Signing in with a password, and the mails that go with it. */
function passwords(env: Env, settings: AuthSettings) {
  const { PRODUCT_NAME: product, PUBLIC_ORIGIN: origin } = env;
  const mailer = mailerOf(settings);
  const emailAndPassword = {
    enabled: true,
    // scrypt of node:crypto, native in workerd: the library's default.
    minPasswordLength: 8,
    maxPasswordLength: 256,
    revokeSessionsOnPasswordReset: true,
  };
  // Accounts from a time when sign-up was open go on: there is no mail to prove their addresses with.
  if (!mailer) return { emailAndPassword } satisfies BetterAuthOptions;
  const mustVerify = settings.SIGNUP !== "open";
  return {
    emailAndPassword: {
      ...emailAndPassword,
      requireEmailVerification: mustVerify,
      sendResetPassword: ({ user, token }) =>
        mailer.send(resetMail(product, user.email, `${origin}/reset-password?token=${token}`)),
      onPasswordReset: ({ user }) => forgetFailures(env, user.email),
      onExistingUserSignUp: ({ user }) =>
        mailer.send(existingAccountMail(product, user.email, origin)),
    },
    emailVerification: {
      sendOnSignUp: true,
      sendOnSignIn: mustVerify,
      // A link from a mailbox must not pass by the second factor.
      autoSignInAfterVerification: false,
      sendVerificationEmail: ({ user, url }) =>
        mailer.send(verificationMail(product, user.email, url)),
    },
  } satisfies BetterAuthOptions;
}

/** What a session's own access token says: who, as what, and all that the role may do. */
const accessTokens = (origin: string) =>
  jwt({
    disableSettingJwtHeader: true,
    jwks: {
      keyPairConfig: { alg: TOKEN_ALGORITHM },
      rotationInterval: 90 * DAY,
      gracePeriod: 7 * DAY,
    },
    jwt: {
      issuer: origin,
      audience: origin,
      expirationTime: "15m",
      definePayload: ({ user }) => {
        const role = Role.parse(user["role"]);
        return { role, scope: scopesOf(role).join(" ") };
      },
    },
  });

function createAuth(env: Env) {
  const settings = authSettings(env);
  const { PRODUCT_NAME: product, PUBLIC_ORIGIN: origin } = env;
  const instance = betterAuth({
    appName: product,
    // Never from the request: the Worker runs behind a forwarding host, and Host is the caller's word.
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
          // `input: false`: no request may set it. The first admin is made by `npm run admin`.
          input: false,
          defaultValue: settings.SIGNUP_ROLE,
        },
      },
      deleteUser: {
        enabled: true,
        beforeDelete: async ({ id }) => {
          await deleteAccountContents(env, id);
          waitUntil(relayOutbox(env));
        },
      },
    },
    databaseHooks: {
      user: {
        create: { before: async (user) => ({ data: { ...user, ...fitting(user) } }) },
        update: {
          after: async ({ id }, context) => {
            if (context?.path === "/update-user") await reindexVideosOf(env, id);
          },
        },
      },
    },
    // The token of a reset mail is worth a password: the table holds its hash only.
    verification: { storeIdentifier: "hashed" },
    session: { expiresIn: 30 * DAY, updateAge: DAY },
    rateLimit: addressLimits(settings),
    advanced: {
      database: { generateId: newId },
      ipAddress: { ipAddressHeaders: ["cf-connecting-ip"] },
      backgroundTasks: { handler: waitUntil },
    },
    disabledPaths: DISABLED_PATHS,
    // A sign-in that failed at another provider, or a link that is over: the page says so.
    onAPIError: { errorURL: `${origin}/sign-in` },
    // Its warnings name addresses of people who mistyped a password.
    logger: { level: "error" },
    telemetry: { enabled: false },
    plugins: [
      // First: what it refuses, no other plugin's hook has to understand.
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
      defaultResource(env),
      endReusedFamily(env),
    ],
  });
  // Should the first caller hang up, the set-up must still finish for those who wait for it.
  waitUntil(instance.$context);
  return instance;
}

export type Auth = ReturnType<typeof createAuth>;

const instances = new WeakMap<Env, Auth>();

/** The auth server of this isolate: built on first use, then the same for every request. */
export function authOf(env: Env): Auth {
  let instance = instances.get(env);
  if (!instance) {
    instance = createAuth(env);
    instances.set(env, instance);
  }
  return instance;
}
