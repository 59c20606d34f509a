import { env, exports } from "cloudflare:workers";
import { createRemoteJWKSet, customFetch, jwtVerify } from "jose";
import * as oauth from "oauth4webapi";
import { expect, test } from "vitest";
import { signUp } from "../../tests/support/worker/accounts.ts";
import {
  authorize,
  CALLBACK,
  consent,
  discover,
  HTTP,
  obtainCode,
  ORIGIN,
  redeemCode,
  refresh,
  registerApp,
} from "../../tests/support/worker/oauth.ts";
import { authOf } from "./server.ts";

const me = (token: string) =>
  exports.default.fetch(`${ORIGIN}/v1/me`, { headers: { authorization: `Bearer ${token}` } });

async function tokensOf(
  response: Response,
): Promise<{ access_token: string; refresh_token: string }> {
  expect(response.status).toBe(200);
  return response.json();
}

test("a third-party app signs a user in with PKCE and gets a JWT for our API", async () => {
  const app = await registerApp(await signUp("creator"));
  const user = await signUp("creator");
  const flow = await obtainCode(user, app, "openid offline_access videos:read");
  const tokens = await oauth.processAuthorizationCodeResponse(
    flow.server,
    flow.client,
    await redeemCode(flow),
  );
  const answer = await me(tokens.access_token);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({
    id: user.userId,
    scopes: ["openid", "offline_access", "videos:read"],
  });

  const keys = createRemoteJWKSet(new URL(flow.server.jwks_uri ?? ""), {
    [customFetch]: (url: string, init: RequestInit) => exports.default.fetch(url, init as never),
  });
  const { payload, protectedHeader } = await jwtVerify(tokens.access_token, keys, {
    issuer: ORIGIN,
    audience: ORIGIN,
  });
  expect(protectedHeader).toMatchObject({ typ: "at+jwt", alg: "ES256" });
  expect(payload).toMatchObject({ client_id: app.clientId, sub: user.userId });
});

test("oauth4webapi accepts our access token as RFC 9068 requires", async () => {
  const app = await registerApp(await signUp("creator"));
  const flow = await obtainCode(await signUp("viewer"), app, "videos:read");
  const { access_token: token } = await tokensOf(await redeemCode(flow));
  const request = new Request(`${ORIGIN}/v1/me`, { headers: { authorization: `Bearer ${token}` } });
  const claims = await oauth.validateJwtAccessToken(flow.server, request, ORIGIN, HTTP);
  expect(claims.scope).toBe("videos:read");
});

test("the metadata names every endpoint and the authorization server of the API", async () => {
  const server = await discover();
  expect(server).toMatchObject({
    issuer: ORIGIN,
    authorization_endpoint: `${ORIGIN}/api/auth/oauth2/authorize`,
    token_endpoint: `${ORIGIN}/api/auth/oauth2/token`,
    code_challenge_methods_supported: ["S256"],
    authorization_response_iss_parameter_supported: true,
  });
  const resource = new URL(ORIGIN);
  const response = await oauth.resourceDiscoveryRequest(resource, HTTP);
  const metadata = await oauth.processResourceDiscoveryResponse(resource, response);
  expect(metadata.authorization_servers).toEqual([ORIGIN]);
});

test("a refresh token works once; using it again revokes the whole family", async () => {
  const app = await registerApp(await signUp("creator"));
  const flow = await obtainCode(await signUp("viewer"), app, "offline_access videos:read");
  const first = await tokensOf(await redeemCode(flow));
  const second = await tokensOf(await refresh(flow, first.refresh_token));
  expect((await me(second.access_token)).status).toBe(200);
  expect((await refresh(flow, first.refresh_token)).status).toBe(400);
  expect((await refresh(flow, second.refresh_token)).status).toBe(400);
});

test("with client credentials an app acts as its owner, with its own scopes only", async () => {
  const owner = await signUp("creator");
  const app = await registerApp(owner, {
    redirectUris: [],
    scopes: ["uploads:write"],
    confidential: true,
    actsAsOwner: true,
  });
  const server = await discover();
  const client = { client_id: app.clientId };
  const secret = oauth.ClientSecretBasic(app.clientSecret ?? "");
  const response = await oauth.clientCredentialsGrantRequest(
    server,
    client,
    secret,
    new URLSearchParams(),
    HTTP,
  );
  const tokens = await oauth.processClientCredentialsResponse(server, client, response);
  const answer = await me(tokens.access_token);
  expect(await answer.json()).toMatchObject({ id: owner.userId, scopes: ["uploads:write"] });

  const more = new URLSearchParams({ scope: "videos:write" });
  expect(
    (await oauth.clientCredentialsGrantRequest(server, client, secret, more, HTTP)).status,
  ).toBe(400);
  const wrong = oauth.ClientSecretBasic("kinora_cs_wrong");
  expect(
    (await oauth.clientCredentialsGrantRequest(server, client, wrong, new URLSearchParams(), HTTP))
      .status,
  ).toBe(401);
});

test("a confidential app can introspect and revoke its tokens", async () => {
  const app = await registerApp(await signUp("creator"), { confidential: true });
  const flow = await obtainCode(await signUp("viewer"), app, "offline_access videos:read");
  const tokens = await tokensOf(await redeemCode(flow));
  const introspect = async (token: string) => {
    const response = await oauth.introspectionRequest(
      flow.server,
      flow.client,
      flow.auth,
      token,
      HTTP,
    );
    return oauth.processIntrospectionResponse(flow.server, flow.client, response);
  };
  expect(await introspect(tokens.access_token)).toMatchObject({
    active: true,
    scope: "offline_access videos:read",
  });
  expect(await introspect("nonsense")).toMatchObject({ active: false });
  const revoked = await oauth.revocationRequest(
    flow.server,
    flow.client,
    flow.auth,
    tokens.refresh_token,
    HTTP,
  );
  await oauth.processRevocationResponse(revoked);
  expect((await refresh(flow, tokens.refresh_token)).status).toBe(400);
});

test("the user sees the app among the grants and can revoke its access", async () => {
  const app = await registerApp(await signUp("creator"));
  const user = await signUp("viewer");
  const flow = await obtainCode(user, app, "offline_access videos:read");
  const tokens = await tokensOf(await redeemCode(flow));
  const grants = await exports.default.fetch(`${ORIGIN}/v1/grants`, { headers: user.headers });
  expect(await grants.json()).toMatchObject({
    items: [{ clientId: app.clientId, name: "Test App" }],
  });
  const revoke = { method: "DELETE", headers: user.headers };
  expect((await exports.default.fetch(`${ORIGIN}/v1/grants/${app.clientId}`, revoke)).status).toBe(
    204,
  );
  expect((await refresh(flow, tokens.refresh_token)).status).toBe(400);
});

test("refusing consent redirects the browser with access_denied", async () => {
  const app = await registerApp(await signUp("creator"));
  const user = await signUp("viewer");
  const page = await authorize(user, {
    response_type: "code",
    client_id: app.clientId,
    redirect_uri: CALLBACK,
    scope: "videos:read",
    state: "s",
    code_challenge: await oauth.calculatePKCECodeChallenge("v".repeat(43)),
    code_challenge_method: "S256",
  });
  const back = await consent(user, page, false);
  expect(Object.fromEntries(back.searchParams)).toMatchObject({
    error: "access_denied",
    state: "s",
    iss: ORIGIN,
  });
});

test("a client can register itself only if the operator allows it", async () => {
  const register = (env: Env) =>
    authOf(env).handler(
      new Request(`${ORIGIN}/api/auth/oauth2/register`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          redirect_uris: [CALLBACK],
          application_type: "native",
          token_endpoint_auth_method: "none",
        }),
      }),
    );
  expect((await register(env)).status).toBe(403);
  expect((await register({ ...env, ALLOW_DYNAMIC_REGISTRATION: "true" })).status).toBe(201);
});
