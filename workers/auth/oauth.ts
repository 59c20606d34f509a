import type { BetterAuthPlugin } from "better-auth";
import { createAuthMiddleware } from "better-auth/api";
import { oauthProvider } from "@better-auth/oauth-provider";
import { z } from "zod";
import { Role } from "../contract/accounts.ts";
import { APP_SCOPES } from "../contract/scopes.ts";
import { catalog } from "../db/client.ts";
import { findRefreshToken, revokeFamily } from "../db/accounts/refresh-tokens.ts";
import { CLIENT_SECRET_PREFIX, hashSecret } from "../domain/secret.ts";
import type { AuthSettings } from "./settings.ts";

const REFRESH_TOKEN_PREFIX = "kinora_rt_";

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

const IssuedTokens = z.object({ refresh_token: z.string() });

/**
 * Closes two races in the plugin's token rotation, so that using a token twice revokes its family however close together the
 * uses are. First, the plugin refuses a request that read the token before another one rotated it, but does not treat it as
 * reuse: the family is revoked here. Second, the other request may store its new token after the family was revoked, where
 * nothing would find it: if the token that it rotated is gone, its new token is revoked too.
 */
export function endReusedFamily(env: Env): BetterAuthPlugin {
  return {
    id: "end-reused-family",
    hooks: {
      after: [
        {
          matcher: ({ path, body }) =>
            path === "/oauth2/token" &&
            body?.grant_type === "refresh_token" &&
            typeof body.refresh_token === "string",
          handler: createAuthMiddleware(async (ctx) => {
            const hashOf = (token: string) => hashSecret(token.slice(REFRESH_TOKEN_PREFIX.length));
            const db = catalog(env);
            const hash = await hashOf(ctx.body.refresh_token);
            const presented = await findRefreshToken(db, hash);
            const issued = IssuedTokens.safeParse(ctx.context.returned);
            if (!issued.success && presented?.isRotated) await revokeFamily(db, hash);
            if (issued.success && !presented) {
              await revokeFamily(db, await hashOf(issued.data.refresh_token));
            }
          }),
        },
      ],
    },
  };
}
