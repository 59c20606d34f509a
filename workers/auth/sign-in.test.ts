import { env, exports } from "cloudflare:workers";
import { decodeJwt } from "jose";
import { expect, test } from "vitest";
import { accessToken, authFetch, cookiesOf, signUp } from "../../tests/support/worker/accounts.ts";
import { newId } from "../domain/id.ts";
import { authOf } from "./server.ts";

function me(token?: string) {
  return exports.default.fetch(
    "http://localhost:8788/v1/me",
    token ? { headers: { authorization: `Bearer ${token}` } } : {},
  );
}

test("a new account is signed in, has the configured role, and its token works for /v1/me", async () => {
  const email = `${newId().toLowerCase()}@example.com`;
  const signedUp = await authFetch("/sign-up/email", {
    body: { name: "Ada", email, password: "correct horse battery" },
  });
  expect(signedUp.status).toBe(200);
  const answer = await me(await accessToken(cookiesOf(signedUp)));
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({
    name: "Ada",
    email,
    role: "viewer",
    scopes: [
      "videos:read",
      "search:read",
      "playback:token",
      "history:read",
      "history:write",
      "library:read",
      "library:write",
    ],
  });
});

const withoutRequestId = (problem: string) => problem.replace(/"requestId":"[^"]+"/, "");

test("sign-in requires the correct password and does not reveal which accounts exist", async () => {
  const account = await signUp("viewer");
  const right = await authFetch("/sign-in/email", {
    body: { email: account.email, password: account.password },
  });
  expect(right.status).toBe(200);
  expect((await authFetch("/get-session", { cookie: cookiesOf(right) })).status).toBe(200);

  const wrong = await authFetch("/sign-in/email", {
    body: { email: account.email, password: "not the password" },
  });
  const unknown = await authFetch("/sign-in/email", {
    body: { email: `${newId()}@example.com`, password: "not the password" },
  });
  expect(wrong.status).toBe(401);
  expect(unknown.status).toBe(wrong.status);
  expect(withoutRequestId(await unknown.text())).toBe(withoutRequestId(await wrong.text()));
});

test("a role in the request is ignored at sign-up and later", async () => {
  const email = `${newId().toLowerCase()}@example.com`;
  const body = { name: "Eve", email, password: "correct horse battery", role: "admin" };
  expect((await authFetch("/sign-up/email", { body })).status).toBe(200);
  const role = env.CATALOG.prepare("SELECT role FROM user WHERE email = ?").bind(email);
  expect(await role.first("role")).toBe("viewer");

  const { cookie } = await signUp("viewer");
  await authFetch("/update-user", { cookie, body: { name: "Eve", role: "admin" } });
  const { role: claimed } = decodeJwt<{ role: string }>(await accessToken(cookie));
  expect(claimed).toBe("viewer");
});

test("signing out ends the session", async () => {
  const account = await signUp("viewer");
  expect((await authFetch("/sign-out", { cookie: account.cookie, body: {} })).status).toBe(200);
  expect((await authFetch("/token", { cookie: account.cookie })).status).toBe(401);
});

test("the session cookie gives no access to /v1, and other sites cannot use it", async () => {
  const account = await signUp("viewer");
  const withCookie = await exports.default.fetch("http://localhost:8788/v1/me", {
    headers: { cookie: account.cookie },
  });
  expect(withCookie.status).toBe(401);
  const foreign = await authFetch("/update-user", {
    cookie: account.cookie,
    headers: { origin: "https://evil.example" },
    body: { name: "Mallory" },
  });
  expect(foreign.status).toBe(403);
});

test("there is one auth server per isolate", () => {
  expect(authOf(env)).toBe(authOf(env));
});
