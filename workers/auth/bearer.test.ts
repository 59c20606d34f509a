import { env, exports } from "cloudflare:workers";
import { decodeJwt, exportSPKI, generateKeyPair, importJWK, type JWTPayload, SignJWT } from "jose";
import { beforeAll, expect, test } from "vitest";
import { accessToken, signUp, type TestAccount } from "../../tests/support/worker/accounts.ts";
import { authOf } from "./server.ts";
import { ACCESS_TOKEN_ALGORITHM } from "./settings.ts";

const ORIGIN = "http://localhost:8788";
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const seconds = (offset: number): number => Math.floor(Date.now() / 1000) + offset;

let account: TestAccount;
beforeAll(async () => {
  account = await signUp("admin");
});

function claims(change: JWTPayload = {}): JWTPayload {
  return {
    sub: account.userId,
    role: "admin",
    scope: "admin",
    sid: decodeJwt(account.token)["sid"],
    iss: ORIGIN,
    aud: ORIGIN,
    iat: seconds(0),
    exp: seconds(60),
    ...change,
  };
}

/** Signs any claims with our own key. */
async function signed(payload: JWTPayload): Promise<string> {
  const { token } = await authOf(env).api.signJWT({ body: { payload } });
  return token;
}

async function answer(
  authorization: string,
): Promise<{ status: number; code: string | undefined }> {
  const response = await exports.default.fetch(`${ORIGIN}/v1/me`, { headers: { authorization } });
  const { code } = await response.json<{ code?: string }>();
  return { status: response.status, code };
}

const REFUSED = { status: 401, code: "invalid_token" };

test("our own token is accepted until a few seconds after its expiry", async () => {
  expect((await answer(`Bearer ${await signed(claims())}`)).status).toBe(200);
  expect((await answer(`Bearer ${await signed(claims({ exp: seconds(-2) }))}`)).status).toBe(200);
});

test.each([
  ["ended a minute ago", () => claims({ exp: seconds(-60) })],
  ["is for another audience", () => claims({ aud: "https://other.example" })],
  ["comes from another issuer", () => claims({ iss: "https://other.example" })],
  ["becomes valid later", () => claims({ nbf: seconds(60) })],
  ["is of an app and does not say that it is an access token", () => claims({ client_id: "app" })],
  ["names no role", () => ({ ...claims(), role: undefined })],
  ["names a role that is none", () => claims({ role: "root" })],
])("our own token that %s is refused", async (_, payload) => {
  expect(await answer(`Bearer ${await signed(payload())}`)).toEqual(REFUSED);
});

test("neither `none` nor our public key as an HMAC secret is accepted", async () => {
  const { keys } = await authOf(env).api.getJwks();
  const [jwk] = keys;
  const kid = jwk?.kid;
  const unsigned = `${encode({ alg: "none", kid })}.${encode(claims())}.`;
  expect(await answer(`Bearer ${unsigned}`)).toEqual(REFUSED);
  const pem = await exportSPKI(
    (await importJWK({ ...jwk }, ACCESS_TOKEN_ALGORITHM, { extractable: true })) as CryptoKey,
  );
  for (const secret of [pem, JSON.stringify(jwk), env.BETTER_AUTH_SECRET]) {
    const hmac = await new SignJWT(claims())
      .setProtectedHeader({ alg: "HS256", kid: kid ?? "" })
      .sign(new TextEncoder().encode(secret));
    expect(await answer(`Bearer ${hmac}`)).toEqual(REFUSED);
  }
});

test("a token signed with a foreign key is refused, whether under our kid, another kid, no kid or with the key embedded", async () => {
  const { keys } = await authOf(env).api.getJwks();
  const own = await generateKeyPair(ACCESS_TOKEN_ALGORITHM, { extractable: true });
  const rsa = await generateKeyPair("RS256");
  const ours = { kid: keys[0]?.kid ?? "" };
  const forgeries = [
    new SignJWT(claims())
      .setProtectedHeader({ alg: ACCESS_TOKEN_ALGORITHM, ...ours })
      .sign(own.privateKey),
    new SignJWT(claims())
      .setProtectedHeader({ alg: ACCESS_TOKEN_ALGORITHM, kid: "other" })
      .sign(own.privateKey),
    new SignJWT(claims()).setProtectedHeader({ alg: ACCESS_TOKEN_ALGORITHM }).sign(own.privateKey),
    new SignJWT(claims()).setProtectedHeader({ alg: "RS256", ...ours }).sign(rsa.privateKey),
  ];
  for (const forgery of forgeries) expect(await answer(`Bearer ${await forgery}`)).toEqual(REFUSED);
});

test("an altered token is refused", async () => {
  const [header, , signature] = (await signed(claims({ role: "viewer" }))).split(".");
  expect(await answer(`Bearer ${header}.${encode(claims())}.${signature}`)).toEqual(REFUSED);
});

test.each([
  "Basic YTpi",
  "Bearer",
  "Bearer ",
  "Bearer a b",
  "bearer kin_unknown",
  "Bearer ../..",
  `Bearer ${"a".repeat(8000)}`,
  "Token x",
])("a request with a malformed header is refused, not treated as anonymous: %s", async (header) => {
  expect(await answer(header)).toEqual(REFUSED);
});

test("a token in the URL is ignored", async () => {
  const response = await exports.default.fetch(`${ORIGIN}/v1/me?access_token=${account.token}`);
  expect(response.status).toBe(401);
});

test("a new token carries the account's current role", async () => {
  const demoted = await signUp("admin");
  await env.CATALOG.prepare("UPDATE user SET role = 'viewer' WHERE id = ?")
    .bind(demoted.userId)
    .run();
  const token = await accessToken(demoted.cookie);
  const response = await exports.default.fetch(`${ORIGIN}/v1/me`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(await response.json()).toMatchObject({ role: "viewer" });
});
