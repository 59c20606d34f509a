import type { BetterAuthPlugin } from "better-auth";
import { createAuthMiddleware } from "better-auth/api";
import { oauthProvider } from "@better-auth/oauth-provider";
import { z } from "zod";
import { Role } from "../contract/accounts.ts";
import { APP_SCOPES } from "../contract/scopes.ts";
import { CLIENT_SECRET_PREFIX, hashSecret } from "../domain/secret.ts";
import { REFRESH_TOKEN_PREFIX, storedPart } from "./refresh-families.ts";
import type { AuthSettings } from "./settings.ts";

/**
 * The OAuth 2.1 server: authorization code with PKCE (S256), rotating refresh tokens (reuse revokes the whole family of
 * tokens), and client credentials. Our API is its only protected resource, so access tokens are JWTs for it (RFC 9068).
 */
export function oauthServer(env: Env, settings: AuthSettings) {
  return oauthProvider({
    loginPage: "/sign-in",
    consentPage: "/consent",
    scopes: [...APP_SCOPES],
    resources: [env.PUBLIC_ORIGIN],
    cachedResources: new Set([env.PUBLIC_ORIGIN]),
    enforcePerClientResources: false,
    accessTokenExpiresIn: 15 * 60,
    m2mAccessTokenExpiresIn: 15 * 60,
    refreshTokenExpiresIn: 30 * 86_400,
    prefix: { refreshToken: REFRESH_TOKEN_PREFIX, clientSecret: CLIENT_SECRET_PREFIX },
    storeClientSecret: { hash: hashSecret },
    storeTokens: { hash: hashSecret },
    formatRefreshToken: {
      // The family's suffix is added to the token in the response, when it is known (refresh-families.ts).
      encrypt: (token) => token,
      decrypt: (token) => ({ token: storedPart(token) }),
    },
    allowDynamicClientRegistration: settings.ALLOW_DYNAMIC_REGISTRATION,
    allowUnauthenticatedClientRegistration: settings.ALLOW_DYNAMIC_REGISTRATION,
    extensions: [
      {
        claims: {
          /** The role of the account. With client credentials, the client acts as the account that owns it. */
          async accessToken({ ctx, user, client }) {
            const ownerId = user?.id ?? client.userId;
            const account = ownerId
              ? await ctx.context.internalAdapter.findUserById(ownerId)
              : null;
            if (!account) return {};
            const { role } = AccountWithRole.parse(account);
            return user ? { role } : { role, owner: account.id };
          },
        },
      },
    ],
  });
}

const AccountWithRole = z.object({ role: Role });

/** RFC 8707, section 2: a client that names no resource means our API, since there is no other. */
export function defaultResource(env: Env): BetterAuthPlugin {
  return {
    id: "default-resource",
    hooks: {
      before: [
        {
          matcher: ({ path, body }) =>
            path === "/oauth2/token" &&
            body?.grant_type === "client_credentials" &&
            body.resource === undefined,
          handler: createAuthMiddleware(async (ctx) => ({
            context: { body: { ...ctx.body, resource: env.PUBLIC_ORIGIN } },
          })),
        },
        {
          matcher: ({ path, query }) =>
            path === "/oauth2/authorize" && query?.["resource"] === undefined,
          handler: createAuthMiddleware(async (ctx) => ({
            context: { query: { ...ctx.query, resource: env.PUBLIC_ORIGIN } },
          })),
        },
      ],
    },
  };
}
