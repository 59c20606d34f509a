import { env, exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import {
  accessToken,
  authFetch,
  cookiesOf,
  signUp,
  type TestAccount,
} from "../../tests/support/worker/accounts.ts";
import { obtainCode, ORIGIN, redeemCode, registerApp } from "../../tests/support/worker/oauth.ts";
import { devMails } from "../services/mailer.ts";

function call(token: string, method: string, path: string, body?: unknown): Promise<Response> {
  return exports.default.fetch(`${ORIGIN}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** Every operation that creates a credential, and one other write. */
const WRITES: [string, unknown][] = [
  ["/v1/tokens", { name: "Script", scopes: ["videos:read"] }],
  [
    "/v1/apps",
    { name: "App", redirectUris: ["https://a.example/"], scopes: ["openid"], confidential: false },
  ],
  ["/v1/signing-keys", { name: "Server", jwk: { kty: "OKP", crv: "Ed25519", x: "A".repeat(43) } }],
  ["/v1/uploads", { filename: "a.mp4", size: 10, contentType: "video/mp4" }],
];

async function expectNoWrites(token: string): Promise<void> {
  for (const [path, body] of WRITES) {
    const response = await call(token, "POST", path, body);
    expect([path, response.status]).toEqual([path, 401]);
    expect(await response.json()).toMatchObject({ code: "invalid_token" });
  }
}

const newPersonalToken = async ({ token }: TestAccount): Promise<string> =>
  (await (await call(token, "POST", "/v1/tokens", WRITES[0]![1])).json<{ token: string }>()).token;

async function resetPassword(account: TestAccount, query = ""): Promise<void> {
  await authFetch("/request-password-reset", { body: { email: account.email } });
  const mail = devMails.find(
    ({ to, subject }) => to === account.email && subject.includes("Reset"),
  );
  const token = /token=(\S+)/.exec(mail?.text ?? "")?.[1];
  const body = { token, newPassword: "a-new-password-1" };
  expect((await authFetch(`/reset-password${query}`, { body })).status).toBe(200);
}

async function tokenOfApp(account: TestAccount): Promise<string> {
  const app = await registerApp(await signUp("creator"), { scopes: ["history:write"] });
  const redeemed = await redeemCode(await obtainCode(account, app, "history:write"));
  return (await redeemed.json<{ access_token: string }>()).access_token;
}

test.each([
  ["signed out", (a: TestAccount) => authFetch("/sign-out", { body: {}, cookie: a.cookie })],
  [
    "ended with all others",
    (a: TestAccount) => authFetch("/revoke-sessions", { body: {}, cookie: a.cookie }),
  ],
  ["ended by a password reset", (a: TestAccount) => resetPassword(a)],
])(
  "the token of a session that was %s can create no credential and change nothing",
  async (_, end) => {
    const account = await signUp("creator");
    expect((await call(account.token, "GET", "/v1/me")).status).toBe(200);
    await end(account);
    await expectNoWrites(account.token);
    // The write looked the session up, so this isolate knows it for reads too.
    expect((await call(account.token, "GET", "/v1/me")).status).toBe(401);
  },
);

test("neither the session token nor the personal token of a deleted account can change anything", async () => {
  const account = await signUp("creator");
  const personal = await newPersonalToken(account);
  const ofApp = await tokenOfApp(account);
  const body = { password: account.password };
  expect((await authFetch("/delete-user", { body, cookie: account.cookie })).status).toBe(200);
  await expectNoWrites(account.token);
  expect((await call(personal, "POST", "/v1/uploads", WRITES[3]![1])).status).toBe(401);
  expect((await call(ofApp, "DELETE", "/v1/history")).status).toBe(401);
  const left = await env.CATALOG.prepare("SELECT count(*) AS n FROM videos WHERE owner_id = ?")
    .bind(account.userId)
    .first<{ n: number }>();
  expect(left?.n).toBe(0);
});

test("revoking a grant ends the app's token", async () => {
  const account = await signUp("viewer");
  const token = await tokenOfApp(account);
  expect((await call(token, "DELETE", "/v1/history")).status).toBe(204);
  const { items } = await (
    await call(account.token, "GET", "/v1/grants")
  ).json<{ items: { clientId: string }[] }>();
  await call(account.token, "DELETE", `/v1/grants/${items[0]?.clientId}`);
  expect((await call(token, "DELETE", "/v1/history")).status).toBe(401);
});

test("a password reset revokes personal tokens and apps only if the viewer chooses to", async () => {
  const account = await signUp("viewer");
  const personal = await newPersonalToken(account);
  const ofApp = await tokenOfApp(account);
  const works = async (token: string): Promise<boolean> =>
    (await call(token, "POST", "/v1/searches", { q: "x", videoId: "A".repeat(22) })).status < 300;
  await resetPassword(account);
  expect(await works(personal)).toBe(true);
  expect(await works(ofApp)).toBe(true);
  await resetPassword(account, "?revoke=access");
  expect(await works(personal)).toBe(false);
  expect(await works(ofApp)).toBe(false);
});

test("a signed-in account can revoke its personal tokens and apps", async () => {
  const account = await signUp("creator");
  const personal = await newPersonalToken(account);
  const ofApp = await tokenOfApp(account);
  const path = "/v1/me/revoke-access";
  expect((await call(personal, "POST", path, { tokens: true, apps: true })).status).toBe(403);
  expect((await call(account.token, "POST", path, { tokens: true, apps: false })).status).toBe(204);
  expect((await call(personal, "DELETE", "/v1/history")).status).toBe(401);
  expect((await call(ofApp, "DELETE", "/v1/history")).status).toBe(204);
  expect((await call(account.token, "POST", path, { tokens: false, apps: true })).status).toBe(204);
  expect((await call(ofApp, "DELETE", "/v1/history")).status).toBe(401);
});

test("after changing the password, the new session works and the old token does not", async () => {
  const account = await signUp("viewer");
  const changed = await authFetch("/change-password", {
    cookie: account.cookie,
    body: {
      currentPassword: account.password,
      newPassword: "a-new-password-2",
      revokeOtherSessions: true,
    },
  });
  expect(changed.status).toBe(200);
  expect((await call(account.token, "DELETE", "/v1/history")).status).toBe(401);
  const token = await accessToken(cookiesOf(changed));
  expect((await call(token, "DELETE", "/v1/history")).status).toBe(204);
});
