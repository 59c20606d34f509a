import { exports } from "cloudflare:workers";
import * as oauth from "oauth4webapi";
import { expect } from "vitest";
import type { AppCreate, AppCreated } from "../../../workers/contract/accounts.ts";
import { authFetch, type TestAccount } from "./accounts.ts";
import type { z } from "zod";

export const ORIGIN = "http://localhost:8788";
export const CALLBACK = "http://localhost:9999/callback";

/** Sends the requests of oauth4webapi to the Worker under test, over http because its origin is localhost. */
export const HTTP = {
  [oauth.customFetch]: (
    url: string,
    init: oauth.CustomFetchOptions<string, URLSearchParams | undefined>,
  ) => exports.default.fetch(url, { ...init, body: init.body?.toString() ?? null } as RequestInit),
  [oauth.allowInsecureRequests]: true,
} as const;

/** Reads the metadata of the server. */
export async function discover(): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(ORIGIN);
  const response = await oauth.discoveryRequest(issuer, { ...HTTP, algorithm: "oauth2" });
  return oauth.processDiscoveryResponse(issuer, response);
}

/** Registers an app like the settings page. */
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

/** Requests authorization with the account's session. @returns the redirect target */
export async function authorize(
  account: TestAccount,
  params: Record<string, string>,
): Promise<URL> {
  const response = await authFetch(`/oauth2/authorize?${new URLSearchParams(params).toString()}`, {
    cookie: account.cookie,
  });
  expect(response.status).toBe(302);
  return new URL(response.headers.get("location") ?? "", ORIGIN);
}

/** The consent page that the account sees when an app asks for access the first time. */
export async function consentPage(
  account: TestAccount,
  { clientId }: { clientId: string },
): Promise<URL> {
  const challenge = await oauth.calculatePKCECodeChallenge(oauth.generateRandomCodeVerifier());
  return authorize(account, {
    response_type: "code",
    client_id: clientId,
    redirect_uri: CALLBACK,
    scope: "openid",
    state: oauth.generateRandomState(),
    code_challenge: challenge,
    code_challenge_method: "S256",
  });
}

/** Accepts or denies on the consent page. @returns the redirect target */
export async function consent(account: TestAccount, page: URL, accept = true): Promise<URL> {
  expect(page.pathname).toBe("/consent");
  const response = await authFetch("/oauth2/consent", {
    cookie: account.cookie,
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
  /** The validated redirect parameters, for the token endpoint. */
  callback: URLSearchParams;
}

/** Runs the code flow with PKCE up to the code, validated by oauth4webapi. */
export async function obtainCode(
  account: TestAccount,
  app: { clientId: string; clientSecret: string | null },
  scope: string,
): Promise<Authorized> {
  const server = await discover();
  const client: oauth.Client = { client_id: app.clientId };
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const page = await authorize(account, {
    response_type: "code",
    client_id: app.clientId,
    redirect_uri: CALLBACK,
    scope,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  });
  const redirected = page.pathname === "/consent" ? await consent(account, page) : page;
  return {
    server,
    client,
    auth: app.clientSecret ? oauth.ClientSecretBasic(app.clientSecret) : oauth.None(),
    verifier,
    callback: oauth.validateAuthResponse(server, client, redirected, state),
  };
}

/** The raw response of the token endpoint to a code. */
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

/** The raw response of the token endpoint to a refresh token. */
export const refresh = (flow: Authorized, token: string): Promise<Response> =>
  oauth.refreshTokenGrantRequest(flow.server, flow.client, flow.auth, token, HTTP);
