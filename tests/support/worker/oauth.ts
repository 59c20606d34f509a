import { exports } from "cloudflare:workers";
import * as oauth from "oauth4webapi";
import { expect } from "vitest";
import type { AppCreate, AppCreated } from "../../../workers/contract/accounts.ts";
import { authFetch, type TestAccount } from "./accounts.ts";
import type { z } from "zod";

export const ORIGIN = "http://localhost:8788";
export const CALLBACK = "http://localhost:9999/callback";

/** oauth4webapi talks to the Worker under test; http, since the test's origin is localhost. */
export const HTTP = {
  [oauth.customFetch]: (
    url: string,
    init: oauth.CustomFetchOptions<string, URLSearchParams | undefined>,
  ) => exports.default.fetch(url, { ...init, body: init.body?.toString() ?? null } as RequestInit),
  [oauth.allowInsecureRequests]: true,
} as const;

/** The server as its metadata describes it. */
export async function discover(): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(ORIGIN);
  const response = await oauth.discoveryRequest(issuer, { ...HTTP, algorithm: "oauth2" });
  return oauth.processDiscoveryResponse(issuer, response);
}

/** Registers an app the way the studio does. */
export async function registerApp(
  owner: TestAccount,
  app: Partial<AppCreate> = {},
): Promise<z.infer<typeof AppCreated>> {
  const response = await exports.default.fetch(`${ORIGIN}/v1/apps`, {
    method: "POST",
    headers: { ...owner.headers, "content-type": "application/json" },
    body: JSON.stringify({
      name: "Test App",
      redirectUris: [CALLBACK],
      scopes: ["openid", "offline_access", "videos:read", "uploads:write"],
      confidential: false,
      ...app,
    }),
  });
  expect(response.status).toBe(201);
  return response.json();
}

/** Asks for authorisation with the user's session. @returns where the browser is sent */
export async function authorize(user: TestAccount, params: Record<string, string>): Promise<URL> {
  const response = await authFetch(`/oauth2/authorize?${new URLSearchParams(params).toString()}`, {
    cookie: user.cookie,
  });
  expect(response.status).toBe(302);
  return new URL(response.headers.get("location") ?? "", ORIGIN);
}

/** Says yes or no on the consent page. @returns where the browser is sent */
export async function consent(user: TestAccount, page: URL, accept = true): Promise<URL> {
  expect(page.pathname).toBe("/consent");
  const response = await authFetch("/oauth2/consent", {
    cookie: user.cookie,
    body: { accept, oauth_query: page.search.slice(1) },
  });
  expect(response.status).toBe(200);
  const { url } = await response.json<{ url: string }>();
  return new URL(url);
}

export interface Authorized {
  server: oauth.AuthorizationServer;
  client: oauth.Client;
  auth: oauth.ClientAuth;
  verifier: string;
  /** The checked answer, ready for the token endpoint. */
  callback: URLSearchParams;
}

/** The whole front half of the code flow with PKCE, checked by oauth4webapi. */
export async function obtainCode(
  user: TestAccount,
  app: { clientId: string; clientSecret: string | null },
  scope: string,
): Promise<Authorized> {
  const server = await discover();
  const client: oauth.Client = { client_id: app.clientId };
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const page = await authorize(user, {
    response_type: "code",
    client_id: app.clientId,
    redirect_uri: CALLBACK,
    scope,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  });
  const redirected = page.pathname === "/consent" ? await consent(user, page) : page;
  return {
    server,
    client,
    auth: app.clientSecret ? oauth.ClientSecretBasic(app.clientSecret) : oauth.None(),
    verifier,
    callback: oauth.validateAuthResponse(server, client, redirected, state),
  };
}

/** The raw answer of the token endpoint to a code. */
export const redeemCode = (flow: Authorized): Promise<Response> =>
  oauth.authorizationCodeGrantRequest(
    flow.server,
    flow.client,
    flow.auth,
    flow.callback,
    CALLBACK,
    flow.verifier,
    HTTP,
  );

/** The raw answer of the token endpoint to a refresh token. */
export const refresh = (flow: Authorized, token: string): Promise<Response> =>
  oauth.refreshTokenGrantRequest(flow.server, flow.client, flow.auth, token, HTTP);
