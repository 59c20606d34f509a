import { env } from "cloudflare:workers";
import { generateKeyPair, UnsecuredJWT } from "jose";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { cookiesOf, signUp } from "../../tests/support/worker/accounts.ts";
import { authWith } from "../../tests/support/worker/auth-settings.ts";
import { OidcProvider } from "../../tests/support/worker/oidc-provider.ts";
import { newId } from "../domain/id.ts";

const provider = await OidcProvider.start("https://id.company.example");
const OIDC_PROVIDERS = JSON.stringify([provider.settings("company")]);
const site = authWith({ OIDC_PROVIDERS });
const sign = provider.sign;

vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
  const request = new Request(input, init);
  if (request.url.startsWith(provider.issuer)) return provider.fetch(request);
  throw new Error(`The test fetches from ${request.url}.`);
});
// The next files share this isolate.
afterAll(() => void vi.restoreAllMocks());

function newClaims() {
  const id = newId();
  return {
    sub: id,
    name: "Ada",
    email: `${id.toLowerCase()}@company.example`,
    email_verified: true,
  };
}
beforeEach(() => {
  provider.claims = newClaims();
  provider.sign = sign;
});

/** Does what the provider's button on the sign-in page does. */
async function begin(at = site, more = {}): Promise<{ url: string; cookie: string }> {
  const body = { provider: "company", callbackURL: "/studio", ...more };
  const response = await at("/sign-in/social", body);
  expect(response.status).toBe(200);
  const { url } = await response.json<{ url: string }>();
  return { url, cookie: cookiesOf(response) };
}

const callBack = (query: string, cookie: string, at = site): Promise<Response> =>
  at(`/callback/company?${query}`, undefined, { cookie });

async function signIn(at = site, more = {}): Promise<Response> {
  const { url, cookie } = await begin(at, more);
  return callBack(provider.authorize(url), cookie, at);
}

const userWith = (email: unknown) =>
  env.CATALOG.prepare("SELECT id, role, email_verified FROM user WHERE email = ?").bind(email);

const isSignedIn = (response: Response): boolean =>
  response.headers.getSetCookie().some((cookie) => /session_token=[^;]/.test(cookie));

test("a user of the provider gets an account with the default role and is signed in", async () => {
  const response = await signIn();
  expect([response.status, response.headers.get("location")]).toEqual([302, "/studio"]);
  const session = await site("/get-session", undefined, { cookie: cookiesOf(response) });
  expect(await session.json()).toMatchObject({ user: { email: provider.claims["email"] } });
  expect(await userWith(provider.claims["email"]).first()).toMatchObject({ role: "viewer" });
});

test.each(["verified", "open", "closed"])(
  "with %s sign-up by email, a provider still creates accounts and signs in to them again",
  async (SIGNUP) => {
    const at = authWith({ OIDC_PROVIDERS, SIGNUP, DEV_MAIL: "false" });
    expect(isSignedIn(await signIn(at))).toBe(true);
    expect(await userWith(provider.claims["email"]).first()).toMatchObject({ role: "viewer" });
    expect(isSignedIn(await signIn(at))).toBe(true);
  },
);

test("a new account sees the welcome page; a known one returns to where it was", async () => {
  const arrival = async () =>
    (await signIn(site, { newUserCallbackURL: "/welcome" })).headers.get("location");
  expect(await arrival()).toBe("/welcome");
  expect(await arrival()).toBe("/studio");
});

test("an invalid name from the provider is corrected, and its image is not stored", async () => {
  const { email } = provider.claims;
  const name = `Ada\u202e\n${"x".repeat(100)}`;
  provider.claims = { ...provider.claims, name, picture: "https://evil.example/track.gif" };
  expect(isSignedIn(await signIn())).toBe(true);
  const row = env.CATALOG.prepare("SELECT name, image FROM user WHERE email = ?").bind(email);
  expect(await row.first()).toEqual({ name: `Ada${"x".repeat(77)}`, image: null });
});

test("the account is found by its subject, not by its email address", async () => {
  const { email } = provider.claims;
  await signIn();
  const before = await userWith(email).first("id");
  provider.claims = { ...provider.claims, email: newClaims().email };
  const session = await site("/get-session", undefined, { cookie: cookiesOf(await signIn()) });
  expect(await session.json()).toMatchObject({ user: { id: before } });
});

test("a role claimed by the provider is ignored", async () => {
  provider.claims = { ...provider.claims, role: "admin" };
  await signIn();
  expect(await userWith(provider.claims["email"]).first("role")).toBe("viewer");
});

const now = Math.floor(Date.now() / 1000);
const WRONG: Record<string, () => Promise<void> | void> = {
  "for another client": () => void (provider.claims = { ...provider.claims, aud: "another" }),
  "of another issuer": () =>
    void (provider.claims = { ...provider.claims, iss: "https://evil.example" }),
  "of another sign-in": () => void (provider.claims = { ...provider.claims, nonce: "another" }),
  "that has expired": () =>
    void (provider.claims = { ...provider.claims, iat: now - 7200, exp: now - 3600 }),
  "signed with another key": async () => {
    provider.sign = provider.signer((await generateKeyPair("ES256")).privateKey);
  },
  "without a signature": () =>
    void (provider.sign = async (claims) => new UnsecuredJWT(claims).encode()),
};
test.each(Object.keys(WRONG))("an ID token %s is refused", async (name) => {
  await WRONG[name]?.();
  const response = await signIn();
  expect(isSignedIn(response)).toBe(false);
  expect(response.headers.get("location")).toContain("/sign-in?error=");
  expect(await userWith(provider.claims["email"]).first()).toBeNull();
});

test("the callback works once, and only in the browser that started the sign-in", async () => {
  const { url, cookie } = await begin();
  const query = provider.authorize(url);
  expect(isSignedIn(await callBack(query, ""))).toBe(false);
  expect(isSignedIn(await callBack(query, (await begin()).cookie))).toBe(false);
  const forged = new URLSearchParams(query);
  forged.set("state", "forged");
  expect(isSignedIn(await callBack(forged.toString(), cookie))).toBe(false);

  const again = await begin();
  const good = provider.authorize(again.url);
  expect(isSignedIn(await callBack(good, again.cookie))).toBe(true);
  expect(isSignedIn(await callBack(good, again.cookie))).toBe(false);
});

test("accounts with the same address are not linked unless both sides have verified it", async () => {
  const squatter = await signUp("viewer");
  provider.claims = { ...newClaims(), email: squatter.email };
  expect(isSignedIn(await signIn())).toBe(false);
  // A verified account is not linked either if the provider has not verified the address.
  await env.CATALOG.prepare("UPDATE user SET email_verified = 1 WHERE id = ?")
    .bind(squatter.userId)
    .run();
  provider.claims = { ...newClaims(), email: squatter.email, email_verified: false };
  expect(isSignedIn(await signIn())).toBe(false);
});

test.each(["callbackURL", "newUserCallbackURL"])(
  "a sign-in never redirects to another site: %s",
  async (name) => {
    const body = { provider: "company", callbackURL: "/", [name]: "https://evil.example/" };
    expect((await site("/sign-in/social", body)).status).toBe(403);
  },
);

test("password sign-in works while the provider does not respond", async () => {
  const settings = { ...provider.settings("away"), discoveryUrl: "https://away.example/" };
  const withProviderDown = authWith({ OIDC_PROVIDERS: JSON.stringify([settings]) });
  const social = await withProviderDown("/sign-in/social", { provider: "away", callbackURL: "/" });
  expect(social.status).toBe(404);
  const { email, password } = await signUp("viewer");
  expect((await withProviderDown("/sign-in/email", { email, password })).status).toBe(200);
});
