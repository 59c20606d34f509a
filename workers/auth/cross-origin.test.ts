import { exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { authFetch, signUp } from "../../tests/support/worker/accounts.ts";

const ORIGIN = "http://localhost:8788";
const EVIL = "https://evil.example";

function preflight(path: string): Promise<Response> {
  return exports.default.fetch(`${ORIGIN}${path}`, {
    method: "OPTIONS",
    headers: {
      origin: EVIL,
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type",
    },
  });
}

test.each([
  "/v1/videos",
  "/v1/me",
  "/api/auth/oauth2/token",
  "/api/auth/oauth2/revoke",
  "/.well-known/openid-configuration",
])("any site may call %s, but without cookies", async (path) => {
  const answer = await preflight(path);
  expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  expect(answer.headers.has("access-control-allow-credentials")).toBe(false);
});

test.each([
  "/api/auth/sign-in/email",
  "/api/auth/sign-up/email",
  "/api/auth/token",
  "/api/auth/get-session",
  "/api/auth/oauth2/consent",
])("other sites cannot read the response of %s", async (path) => {
  expect((await preflight(path)).headers.has("access-control-allow-origin")).toBe(false);
});

test.each([
  EVIL,
  "null",
  "http://localhost:8788.evil.example",
  "http://localhost:9999",
  "https://localhost:8788",
])("a request with the cookie from %s changes nothing", async (origin) => {
  const { cookie, password } = await signUp("viewer");
  const headers = { origin };
  const attempts = [
    ["/update-user", { name: "Mallory" }],
    ["/change-password", { currentPassword: password, newPassword: "another horse battery" }],
    ["/delete-user", { password }],
    ["/sign-out", {}],
    ["/two-factor/enable", { password }],
  ] as const;
  const answers = await Promise.all(
    attempts.map(async ([path, body]) => [
      path,
      (await authFetch(path, { cookie, headers, body })).status,
    ]),
  );
  expect(answers).toEqual(attempts.map(([path]) => [path, 403]));
  expect((await authFetch("/token", { cookie })).status).toBe(200);
});

test("a form on another site cannot sign a visitor in to another account", async () => {
  const { email, password } = await signUp("viewer");
  const answer = await exports.default.fetch(`${ORIGIN}/api/auth/sign-in/email`, {
    method: "POST",
    headers: {
      origin: EVIL,
      "content-type": "application/x-www-form-urlencoded",
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "navigate",
    },
    body: new URLSearchParams({ email, password }).toString(),
  });
  expect(answer.ok).toBe(false);
  expect(answer.headers.getSetCookie()).toEqual([]);
});

test("no link redirects the browser to another site", async () => {
  const { email } = await signUp("viewer");
  const reset = await authFetch("/request-password-reset", { body: { email, redirectTo: EVIL } });
  expect(reset.status).toBe(403);
  const verify = await authFetch(`/verify-email?token=x&callbackURL=${encodeURIComponent(EVIL)}`);
  expect(verify.headers.get("location") ?? "").not.toContain("evil");
  expect(verify.status).toBe(403);
});
