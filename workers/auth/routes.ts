import { Hono } from "hono";
import { cors } from "hono/cors";
import { withEvenTiming } from "./even-time.ts";
import { recordLimitedAddress } from "./limited-attempts.ts";
import { withProblems } from "./problems.ts";
import { authOf } from "./server.ts";
import { authSettings } from "./settings.ts";
import type { AppEnv } from "../context.ts";
import { SCOPES } from "../contract/scopes.ts";

/** Paths that apps of any origin may call: none of them reads a cookie. */
const CROSS_ORIGIN_PATHS = [
  "/.well-known/*",
  "/api/auth/jwks",
  "/api/auth/oauth2/token",
  "/api/auth/oauth2/revoke",
  "/api/auth/oauth2/introspect",
  "/api/auth/oauth2/register",
  "/api/auth/oauth2/userinfo",
];

const BASE_PATH = "/api/auth";
const METADATA_HEADERS = { "cache-control": "public, max-age=300" };

/** Everything that better-auth serves: sign-in, sessions, tokens, and the OAuth server with its metadata. */
export const authRoutes = new Hono<AppEnv>();
for (const path of CROSS_ORIGIN_PATHS) authRoutes.use(path, cors({ origin: "*" }));

authRoutes
  // RFC 8414
  .get("/.well-known/oauth-authorization-server", async (c) =>
    c.json(await authOf(c.env).api.getOAuthServerConfig(), 200, METADATA_HEADERS),
  )
  .get("/.well-known/openid-configuration", async (c) =>
    c.json(await authOf(c.env).api.getOpenIdConfig(), 200, METADATA_HEADERS),
  )
  // RFC 9728
  .get("/.well-known/oauth-protected-resource", (c) =>
    c.json(
      {
        resource: c.env.PUBLIC_ORIGIN,
        resource_name: c.env.PRODUCT_NAME,
        authorization_servers: [c.env.PUBLIC_ORIGIN],
        jwks_uri: `${c.env.PUBLIC_ORIGIN}/api/auth/jwks`,
        scopes_supported: SCOPES,
        bearer_methods_supported: ["header"],
        resource_documentation: `${c.env.PUBLIC_ORIGIN}/docs`,
      },
      200,
      METADATA_HEADERS,
    ),
  )
  .on(["GET", "POST"], `${BASE_PATH}/*`, async (c) => {
    const path = c.req.path.slice(BASE_PATH.length);
    const respond = () => authOf(c.env).handler(c.req.raw);
    const response = await withEvenTiming(path, authSettings(c.env), respond);
    if (response.status === 429)
      c.executionCtx.waitUntil(
        recordLimitedAddress(c.env, c.req.header("cf-connecting-ip") ?? "", path),
      );
    return withProblems(response, path);
  });
