import { exports } from "cloudflare:workers";
import * as client from "openid-client";
import { expect, test } from "vitest";
import { signUp } from "../../tests/support/worker/accounts.ts";
import {
  authorize,
  CALLBACK,
  consent,
  ORIGIN,
  registerApp,
} from "../../tests/support/worker/oauth.ts";

/** Lets openid-client discover everything from the issuer's URL. */
function discover(
  clientId: string,
  authentication: client.ClientAuth,
): Promise<client.Configuration> {
  return client.discovery(new URL(ORIGIN), clientId, undefined, authentication, {
    execute: [client.allowInsecureRequests],
    [client.customFetch]: (url, init) =>
      exports.default.fetch(url, {
        ...init,
        body: init.body ? String(init.body as URLSearchParams) : null,
      } as RequestInit),
  });
}

test("openid-client signs a user in, reads the profile, refreshes and revokes", async () => {
  const app = await registerApp(await signUp("creator"), {
    scopes: ["openid", "profile", "email", "offline_access", "videos:read"],
    confidential: true,
  });
  const config = await discover(app.clientId, client.ClientSecretBasic(app.clientSecret ?? ""));
  const user = await signUp("viewer");
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()];
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: CALLBACK,
    scope: "openid profile email offline_access videos:read",
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    state: expectedState,
    nonce: expectedNonce,
  });
  const page = await authorize(user, Object.fromEntries(url.searchParams));
  const callback = await consent(user, page);
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
  const tokens = await client.authorizationCodeGrant(config, callback, checks);
  expect(tokens.claims()).toMatchObject({ iss: ORIGIN, sub: user.userId, aud: app.clientId });

  const info = await client.fetchUserInfo(config, tokens.access_token, user.userId);
  expect(info).toMatchObject({ sub: user.userId, name: "Test Account", email: user.email });
  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? "");
  await client.tokenRevocation(config, refreshed.refresh_token ?? "");
  const revoked = client.refreshTokenGrant(config, refreshed.refresh_token ?? "");
  await expect(revoked).rejects.toMatchObject({ error: "invalid_grant" });
});

test("an ID token gives no access to the API", async () => {
  const app = await registerApp(await signUp("creator"));
  const config = await discover(app.clientId, client.None());
  const user = await signUp("viewer");
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: CALLBACK,
    scope: "openid videos:read",
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
  });
  const callback = await consent(user, await authorize(user, Object.fromEntries(url.searchParams)));
  const { id_token: idToken } = await client.authorizationCodeGrant(config, callback, {
    pkceCodeVerifier,
  });
  const answer = await exports.default.fetch(`${ORIGIN}/v1/me`, {
    headers: { authorization: `Bearer ${idToken}` },
  });
  expect(answer.status).toBe(401);
});
