import { expect, test } from "vitest";
import { authFetch, cookiesOf, signUp } from "../../tests/support/worker/accounts.ts";
import { Authenticator } from "../../tests/support/worker/authenticator.ts";

const ORIGIN = "http://localhost:8788";

/** Starts a ceremony. @returns its challenge, and the cookie that binds the response to it */
async function begin(path: string, cookie = ""): Promise<{ challenge: string; cookie: string }> {
  const response = await authFetch(path, { cookie });
  expect(response.status).toBe(200);
  const { challenge } = await response.json<{ challenge: string }>();
  return { challenge, cookie: [cookie, cookiesOf(response)].filter(Boolean).join("; ") };
}

async function register(session: string, authenticator: Authenticator): Promise<Response> {
  const { challenge, cookie } = await begin("/passkey/generate-register-options", session);
  return authFetch("/passkey/verify-registration", {
    cookie,
    body: { response: authenticator.create(challenge) },
  });
}

async function signIn(authenticator: Authenticator, altered?: string): Promise<Response> {
  const { challenge, cookie } = await begin("/passkey/generate-authenticate-options");
  const response = authenticator.get(altered ?? challenge);
  return authFetch("/passkey/verify-authentication", { cookie, body: { response } });
}

test("a passkey signs in without a password", async () => {
  const account = await signUp("viewer");
  const authenticator = new Authenticator(ORIGIN);
  expect((await register(account.cookie, authenticator)).status).toBe(200);
  const signedIn = await signIn(authenticator);
  expect(signedIn.status).toBe(200);
  const session = await authFetch("/get-session", { cookie: cookiesOf(signedIn) });
  expect(await session.json()).toMatchObject({ user: { id: account.userId } });
});

test("a passkey of another site, or a response to another challenge, is refused", async () => {
  const account = await signUp("viewer");
  const foreign = new Authenticator("https://evil.example");
  expect((await register(account.cookie, foreign)).ok).toBe(false);
  expect((await signIn(foreign)).ok).toBe(false);
  const authenticator = new Authenticator(ORIGIN);
  expect((await register(account.cookie, authenticator)).status).toBe(200);
  expect((await signIn(authenticator, "b3RoZXI")).ok).toBe(false);
  expect((await signIn(new Authenticator(ORIGIN))).ok).toBe(false);
});
