import { oauthProvider } from "@better-auth/oauth-provider";
import { Role, SCOPES } from "../contract/scope.ts";

/**
 * The OAuth 2.1 server: code with PKCE S256, rotating refresh tokens (reuse revokes the client's whole family
 * for that user), client_credentials. Our API is its one protected resource (RFC 8707): a token asked for with
 * `resource` set to it is a JWT (RFC 9068), any other is opaque and of no use at /v1.
 */
export function oauthServer(env: Env) {
  const resource = env.PUBLIC_ORIGIN;
  return oauthProvider({
    loginPage: "/sign-in",
    consentPage: "/consent",
    scopes: ["openid", "profile", "email", "offline_access", ...SCOPES],
    resources: [resource],
    enforcePerClientResources: false,
    accessTokenExpiresIn: 15 * 60,
    m2mAccessTokenExpiresIn: 15 * 60,
    refreshTokenExpiresIn: 30 * 86_400,
    codeExpiresIn: 60,
    prefix: { refreshToken: "kinora_rt_", clientSecret: "kinora_cs_" },
    allowDynamicClientRegistration: env.ALLOW_DYNAMIC_REGISTRATION === "true",
    allowUnauthenticatedClientRegistration: env.ALLOW_DYNAMIC_REGISTRATION === "true",
    extensions: [
      {
        claims: {
          /** The role the bearer acts with; a client on its own (client_credentials) acts as its owner. */
          async accessToken({ ctx, user, client }) {
            const account =
              user ??
              (client.userId
                ? await ctx.context.internalAdapter.findUserById(client.userId)
                : null);
            if (!account) return {};
            const role = Role.parse((account as Record<string, unknown>)["role"]);
            return user ? { role } : { role, owner: account.id };
          },
        },
      },
    ],
  });
}
