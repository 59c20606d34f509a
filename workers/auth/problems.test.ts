import { exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { authFetch, signUp } from "../../tests/support/worker/accounts.ts";
import { Authenticator } from "../../tests/support/worker/authenticator.ts";
import { cookiesOf } from "../../tests/support/worker/accounts.ts";
import { authWith } from "../../tests/support/worker/auth-settings.ts";
import { newId } from "../domain/id.ts";
import { problemOf } from "../../tests/support/worker/api.ts";

const REFUSALS: Record<string, [path: string, body: unknown, status: number, code: string]> = {
  "a wrong password": [
    "/sign-in/email",
    { email: "nobody@example.com", password: "not the password" },
    401,
    "invalid_email_or_password",
  ],
  "an invalid input": ["/sign-in/email", { email: 1 }, 400, "invalid_request"],
  "an OAuth query that is not a string": [
    "/sign-up/email",
    { name: "A", email: "query@example.com", password: "a long password", oauth_query: [null] },
    400,
    "invalid_request",
  ],
  "a short password": [
    "/sign-up/email",
    { name: "A", email: "short@example.com", password: "short" },
    400,
    "password_too_short",
  ],
  "no session": ["/token", undefined, 401, "unauthorized"],
  "an unknown endpoint": ["/nothing-here", {}, 404, "not_found"],
  "a disabled endpoint": ["/oauth2/create-client", {}, 404, "not_found"],
};

test.each(Object.entries(REFUSALS))(
  "%s is answered with a problem",
  async (_name, [path, body, status, code]) => {
    const response = await authFetch(path, { body });
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await problemOf(response)).toMatchObject({ status, code });
  },
);

test("too many attempts are answered with a problem and a Retry-After header", async () => {
  const limited = authWith({ AUTH_ATTEMPTS_PER_MINUTE: "1" });
  const guess = () =>
    limited(
      "/sign-in/email",
      { email: `${newId()}@example.com`, password: "guess" },
      { "cf-connecting-ip": `2001:db8:${newId().charCodeAt(0)}:${newId().charCodeAt(1)}::2` },
    );
  const from = { "cf-connecting-ip": "192.0.2.77" };
  const retry = () => limited("/sign-in/email", { email: "a@example.com", password: "b" }, from);
  await retry();
  const refused = await retry();
  expect((await problemOf(refused)).code).toBe("rate_limited");
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await guess()).status).toBe(401);
});

test("a passkey that cannot be verified is a client error", async () => {
  const { cookie } = await signUp("viewer");
  const options = await authFetch("/passkey/generate-register-options", { cookie });
  const { challenge } = await options.json<{ challenge: string }>();
  const response = await authFetch("/passkey/verify-registration", {
    cookie: `${cookie}; ${cookiesOf(options)}`,
    body: { response: new Authenticator("https://evil.example").create(challenge) },
  });
  expect(await problemOf(response)).toMatchObject({
    status: 400,
    code: "failed_to_verify_registration",
  });
});

test.each(["token", "revoke", "introspect"])(
  "OAuth's %s reports errors in the OAuth format",
  async (name) => {
    const response = await exports.default.fetch(`http://localhost:8788/api/auth/oauth2/${name}`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: "grant_type=authorization_code&token=x&client_id=nobody&client_secret=x",
    });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(await response.json()).toHaveProperty("error", expect.any(String));
  },
);
