import { env } from "cloudflare:workers";
import { generateKeyPair, UnsecuredJWT } from "jose";
import { beforeEach, expect, test, vi } from "vitest";
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

function newPerson() {
  const id = newId();
  return {
    sub: id,
    name: "Ada",
    email: `${id.toLowerCase()}@company.example`,
    email_verified: true,
  };
}
beforeEach(() => {
  provider.claims = newPerson();
  provider.sign = sign;
});

/** Presses the provider's button on the sign-in page. */
async function begin(at = site): Promise<{ url: string; cookie: string }> {
  const response = await at("/sign-in/social", { provider: "company", callbackURL: "/studio" });
  expect(response.status).toBe(200);
  const { url } = await response.json<{ url: string }>();
  return { url, cookie: cookiesOf(response) };
}

const comeBack = (query: string, cookie: string, at = site): Promise<Response> =>
  at(`/callback/company?${query}`, undefined, { cookie });

async function signIn(at = site): Promise<Response> {
  const { url, cookie } = await begin(at);
  return comeBack(provider.authorize(url), cookie, at);
}

const userWith = (email: unknown) =>
  env.CATALOG.prepare("SELECT id, role, email_verified FROM user WHERE email = ?").bind(email);

const isSignedIn = (response: Response): boolean =>
  response.headers.getSetCookie().some((cookie) => /session_token=[^;]/.test(cookie));

test("someone whom the provider knows is signed in, with an account of the usual role", async () => {
  const response = await signIn();
  expect([response.status, response.headers.get("location")]).toEqual([302, "/studio"]);
  const session = await site("/get-session", undefined, { cookie: cookiesOf(response) });
  expect(await session.json()).toMatchObject({ user: { email: provider.claims["email"] } });
  expect(await userWith(provider.claims["email"]).first()).toMatchObject({ role: "viewer" });
});

test.each(["verified", "open", "closed"])(
  "where sign-up by email is %s, a provider opens accounts, and signs in to them again",
  async (SIGNUP) => {
    const at = authWith({ OIDC_PROVIDERS, SIGNUP, DEV_MAIL: "false" });
    expect(isSignedIn(await signIn(at))).toBe(true);
    expect(await userWith(provider.claims["email"]).first()).toMatchObject({ role: "viewer" });
    expect(isSignedIn(await signIn(at))).toBe(true);
  },
);

test("a name that is too long or hides something is made to fit, and no picture is kept", async () => {
  const { email } = provider.claims;
  const name = `Ada\u202e\n${"x".repeat(100)}`;
  provider.claims = { ...provider.claims, name, picture: "https://evil.example/track.gif" };
  expect(isSignedIn(await signIn())).toBe(true);
  const row = env.CATALOG.prepare("SELECT name, image FROM user WHERE email = ?").bind(email);
  expect(await row.first()).toEqual({ name: `Ada${"x".repeat(77)}`, image: null });
});

test("the second time it is the same account, by subject and not by address", async () => {
  const { email } = provider.claims;
  await signIn();
  const before = await userWith(email).first("id");
  provider.claims = { ...provider.claims, email: newPerson().email };
  const session = await site("/get-session", undefined, { cookie: cookiesOf(await signIn()) });
  expect(await session.json()).toMatchObject({ user: { id: before } });
});

test("a role that the provider claims is not taken over", async () => {
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
  "signed by nobody": () =>
    void (provider.sign = async (claims) => new UnsecuredJWT(claims).encode()),
};
test.each(Object.keys(WRONG))("an ID token %s signs nobody in", async (name) => {
  await WRONG[name]?.();
  const response = await signIn();
  expect(isSignedIn(response)).toBe(false);
  expect(response.headers.get("location")).toContain("/sign-in?error=");
  expect(await userWith(provider.claims["email"]).first()).toBeNull();
});

test("the way back works only in the browser that left, and once", async () => {
  const { url, cookie } = await begin();
  const query = provider.authorize(url);
  expect(isSignedIn(await comeBack(query, ""))).toBe(false);
  expect(isSignedIn(await comeBack(query, (await begin()).cookie))).toBe(false);
  const forged = new URLSearchParams(query);
  forged.set("state", "forged");
  expect(isSignedIn(await comeBack(forged.toString(), cookie))).toBe(false);

  const again = await begin();
  const good = provider.authorize(again.url);
  expect(isSignedIn(await comeBack(good, again.cookie))).toBe(true);
  expect(isSignedIn(await comeBack(good, again.cookie))).toBe(false);
});

test("an account that someone opened with another's address is not joined to its owner's sign-in", async () => {
  const squatter = await signUp("viewer");
  provider.claims = { ...newPerson(), email: squatter.email };
  expect(isSignedIn(await signIn())).toBe(false);
  // Nor does a provider that has not proven the address reach an account that has.
  await env.CATALOG.prepare("UPDATE user SET email_verified = 1 WHERE id = ?")
    .bind(squatter.userId)
    .run();
  provider.claims = { ...newPerson(), email: squatter.email, email_verified: false };
  expect(isSignedIn(await signIn())).toBe(false);
});

test("nobody is sent elsewhere by a sign-in", async () => {
  const callbackURL = "https://evil.example/";
  const response = await site("/sign-in/social", { provider: "company", callbackURL });
  expect(response.status).toBe(403);
});

test("a provider that does not answer is left out, and passwords work on", async () => {
  const settings = { ...provider.settings("away"), discoveryUrl: "https://away.example/" };
  const limping = authWith({ OIDC_PROVIDERS: JSON.stringify([settings]) });
  const social = await limping("/sign-in/social", { provider: "away", callbackURL: "/" });
  expect(social.status).toBe(404);
  const { email, password } = await signUp("viewer");
  expect((await limping("/sign-in/email", { email, password })).status).toBe(200);
});
