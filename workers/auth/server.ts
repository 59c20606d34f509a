import { waitUntil } from "cloudflare:workers";
import { passkey } from "@better-auth/passkey";
import { betterAuth } from "better-auth/minimal";
import { jwt } from "better-auth/plugins/jwt";
import { twoFactor } from "better-auth/plugins/two-factor";
import { Role, ROLES } from "../contract/scope.ts";
import { authAdapter } from "../db/auth-adapter.ts";
import { newId } from "../domain/id.ts";
import { scopesOf } from "../domain/principal.ts";
import { DISABLED_PATHS, defaultResource, endKilledFamily, oauthServer } from "./oauth.ts";
import { rateLimit } from "./rate-limit.ts";

/** The one algorithm our access tokens are signed with, and the only one that is accepted. */
export const TOKEN_ALGORITHM = "ES256";

const DAY = 86_400;

function createAuth(env: Env) {
  const origin = env.PUBLIC_ORIGIN;
  const instance = betterAuth({
    appName: env.PRODUCT_NAME,
    // Never from the request: the Worker runs behind a forwarding host, and Host is the caller's word.
    baseURL: origin,
    basePath: "/api/auth",
    trustedOrigins: [origin],
    secret: env.BETTER_AUTH_SECRET,
    database: authAdapter(env.CATALOG),
    emailAndPassword: { enabled: true, minPasswordLength: 10, maxPasswordLength: 256 },
    user: {
      additionalFields: {
        role: {
          type: [...ROLES],
          required: true,
          // `input: false`: no request may set it. The first admin is made by `npm run admin`.
          input: false,
          defaultValue: Role.parse(env.SIGNUP_ROLE),
        },
      },
    },
    session: { expiresIn: 30 * DAY, updateAge: DAY },
    rateLimit: rateLimit(env),
    advanced: {
      database: { generateId: newId },
      ipAddress: { ipAddressHeaders: ["cf-connecting-ip"] },
      backgroundTasks: { handler: waitUntil },
    },
    disabledPaths: DISABLED_PATHS,
    hooks: { before: defaultResource(env), after: endKilledFamily(env) },
    telemetry: { enabled: false },
    plugins: [
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
      }),
      twoFactor({ issuer: env.PRODUCT_NAME }),
      passkey({ rpID: new URL(origin).hostname, rpName: env.PRODUCT_NAME, origin }),
      oauthServer(env),
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
