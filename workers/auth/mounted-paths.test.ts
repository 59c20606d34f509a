import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { authFetch, signUp } from "../../tests/support/worker/accounts.ts";
import { DISABLED_PATHS } from "./disabled-paths.ts";
import { authOf } from "./server.ts";

/** Every open endpoint below /api/auth. */
const OPEN = [
  "/callback/:id",
  "/change-password",
  "/delete-user",
  "/get-session",
  "/jwks",
  "/list-sessions",
  "/oauth2/authorize",
  "/oauth2/consent",
  "/oauth2/end-session",
  "/oauth2/end-session/confirm",
  "/oauth2/introspect",
  "/oauth2/public-client",
  "/oauth2/register",
  "/oauth2/revoke",
  "/oauth2/token",
  "/oauth2/userinfo",
  "/passkey/delete-passkey",
  "/passkey/generate-authenticate-options",
  "/passkey/generate-register-options",
  "/passkey/list-user-passkeys",
  "/passkey/verify-authentication",
  "/passkey/verify-registration",
  "/request-password-reset",
  "/reset-password",
  "/reset-password/:token",
  "/revoke-other-sessions",
  "/revoke-session",
  "/revoke-sessions",
  "/send-verification-email",
  "/sign-in/email",
  "/sign-in/social",
  "/sign-out",
  "/sign-up/email",
  "/token",
  "/two-factor/disable",
  "/two-factor/enable",
  "/two-factor/generate-backup-codes",
  "/two-factor/verify-backup-code",
  "/two-factor/verify-totp",
  "/update-user",
  "/verify-email",
];

interface Endpoint {
  path?: string;
  options: { metadata?: { SERVER_ONLY?: boolean } };
}

test("the auth library serves only the paths that the site and apps call", () => {
  const endpoints = Object.values<unknown>(authOf(env).api) as Endpoint[];
  const paths = endpoints.flatMap(({ path, options }) =>
    path === undefined || options.metadata?.SERVER_ONLY ? [] : [path],
  );
  const open = new Set(paths.filter((path) => !DISABLED_PATHS.includes(path)));
  expect([...open].toSorted()).toEqual(OPEN);
  expect(DISABLED_PATHS.filter((path) => !paths.includes(path))).toEqual([]);
});

test.each(["/verify-password", "/verify-password/", "//verify-password", "/verify%2Dpassword"])(
  "%s does not check passwords",
  async (path) => {
    const { cookie, password } = await signUp("viewer");
    expect((await authFetch(path, { cookie, body: { password } })).status).toBe(404);
  },
);
