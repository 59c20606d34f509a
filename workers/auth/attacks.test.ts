import * as oauth from "oauth4webapi";
import { expect, test } from "vitest";
import { authFetch, signUp } from "../../tests/support/worker/accounts.ts";
import {
  authorize,
  CALLBACK,
  type Authorized,
  obtainCode,
  ORIGIN,
  redeemCode,
  refresh,
  registerApp,
} from "../../tests/support/worker/oauth.ts";

const CONCURRENT_REQUESTS = 40;

/** Sends the same request many times at once. @returns the only successful response, as JSON */
async function expectOneSuccess(send: () => Promise<Response>): Promise<{ refresh_token: string }> {
  const answers = await Promise.all(Array.from({ length: CONCURRENT_REQUESTS }, send));
  const statuses = answers.map((answer) => answer.status).toSorted((a, b) => a - b);
  expect(statuses).toEqual([200, ...Array.from({ length: CONCURRENT_REQUESTS - 1 }, () => 400)]);
  return (
    answers.find((answer) => answer.status === 200)?.json() ??
    Promise.reject(new Error("No request succeeded."))
  );
}

async function offline(): Promise<Authorized> {
  return obtainCode(
    await signUp("viewer"),
    await registerApp(await signUp("creator")),
    "offline_access videos:read",
  );
}

test(
  "exactly one of 40 concurrent redemptions of a code succeeds",
  { timeout: 60_000 },
  async () => {
    const flow = await offline();
    await expectOneSuccess(() => redeemCode(flow));
  },
);

test("redeeming a code again revokes the tokens issued for it", async () => {
  const flow = await offline();
  const { refresh_token: token } = await (await redeemCode(flow)).json<{ refresh_token: string }>();
  expect((await redeemCode(flow)).status).toBe(400);
  expect((await refresh(flow, token)).status).toBe(400);
});

test(
  "exactly one of 40 concurrent uses of a refresh token succeeds, and the token family is revoked",
  { timeout: 60_000 },
  async () => {
    const flow = await offline();
    const { refresh_token: token } = await (
      await redeemCode(flow)
    ).json<{ refresh_token: string }>();
    const { refresh_token: next } = await expectOneSuccess(() => refresh(flow, token));
    expect((await refresh(flow, next)).status).toBe(400);
  },
);

async function query(
  clientId: string,
  change: Record<string, string | undefined> = {},
): Promise<Record<string, string>> {
  const given = {
    response_type: "code",
    client_id: clientId,
    redirect_uri: CALLBACK,
    scope: "videos:read",
    state: "state",
    code_challenge: await oauth.calculatePKCECodeChallenge("v".repeat(43)),
    code_challenge_method: "S256",
    ...change,
  };
  return Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

test.each([
  `${CALLBACK}/`,
  `${CALLBACK}?next=1`,
  `${CALLBACK}#fragment`,
  `${CALLBACK}/../callback`,
  "http://localhost:9999/other",
  "http://localhost.evil.example:9999/callback",
  "http://localhost:9999@evil.example/callback",
  "https://localhost:9999/callback",
  "https://evil.example/callback",
  "//evil.example/callback",
  "javascript:alert(1)",
])(
  "the browser is never redirected to %s, which the app has not registered",
  async (redirectUri) => {
    const app = await registerApp(await signUp("creator"));
    const sent = await authorize(
      await signUp("viewer"),
      await query(app.clientId, { redirect_uri: redirectUri }),
    );
    expect(sent.origin).toBe(ORIGIN);
    expect(sent.pathname).not.toBe("/consent");
  },
);

test.each([
  ["no challenge", { code_challenge: undefined, code_challenge_method: undefined }],
  ["a plain challenge", { code_challenge: "v".repeat(43), code_challenge_method: "plain" }],
  ["a scope that the app does not have", { scope: "videos:read admin" }],
])("a request with %s gets an error and no code", async (_, change) => {
  const app = await registerApp(await signUp("creator"));
  const sent = await authorize(await signUp("viewer"), await query(app.clientId, change));
  expect(sent.href.startsWith(CALLBACK)).toBe(true);
  expect(sent.searchParams.get("error")).toMatch(/^invalid_(request|scope)$/);
  expect(sent.searchParams.get("iss")).toBe(ORIGIN);
  expect(sent.searchParams.has("code")).toBe(false);
});

test("a stolen code cannot be redeemed without the verifier or by another app", async () => {
  const owner = await signUp("creator");
  const [app, other] = [await registerApp(owner), await registerApp(owner)];
  const user = await signUp("viewer");
  const guessed = await obtainCode(user, app, "videos:read");
  expect((await redeemCode({ ...guessed, verifier: "x".repeat(43) })).status).toBe(401);
  const stolen = await obtainCode(user, app, "videos:read");
  expect((await redeemCode({ ...stolen, client: { client_id: other.clientId } })).status).toBe(400);
});

test("a refresh token is bound to its app", async () => {
  const owner = await signUp("creator");
  const flow = await offline();
  const { refresh_token: token } = await (await redeemCode(flow)).json<{ refresh_token: string }>();
  const other = await registerApp(owner);
  expect((await refresh({ ...flow, client: { client_id: other.clientId } }, token)).status).toBe(
    400,
  );
  expect((await refresh(flow, token)).status).toBe(200);
});

test("a consent request that was altered in the browser is refused", async () => {
  const app = await registerApp(await signUp("creator"));
  const user = await signUp("viewer");
  const page = await authorize(user, await query(app.clientId));
  for (const [name, value] of [
    ["scope", "videos:read uploads:write"],
    ["redirect_uri", "https://evil.example/"],
    ["exp", "99999999999"],
  ] as const) {
    const altered = new URLSearchParams(page.search);
    altered.set(name, value);
    const body = { accept: true, oauth_query: altered.toString() };
    expect((await authFetch("/oauth2/consent", { cookie: user.cookie, body })).status).toBe(400);
  }
});

test("consent posted from another site is ignored", async () => {
  const app = await registerApp(await signUp("creator"));
  const user = await signUp("viewer");
  const page = await authorize(user, await query(app.clientId));
  const forged = await authFetch("/oauth2/consent", {
    cookie: user.cookie,
    body: { accept: true, oauth_query: page.search.slice(1) },
    headers: { origin: "https://evil.example" },
  });
  expect(forged.status).toBe(403);
});
