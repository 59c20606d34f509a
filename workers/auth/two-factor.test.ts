import { createOTP } from "@better-auth/utils/otp";
import { expect, test } from "vitest";
import { authFetch, cookiesOf, signUp } from "../../tests/support/worker/accounts.ts";

/** The code that an authenticator app shows for the URI of a QR code. */
const codeOf = (uri: string, periodsAhead = 0): Promise<string> => {
  const secret = Buffer.from(base32(new URL(uri).searchParams.get("secret") ?? "")).toString();
  return createOTP(secret).hotp(Math.floor(Date.now() / 30_000) + periodsAhead);
};

/** RFC 4648, section 6, without padding. */
function base32(text: string): number[] {
  const bits = Array.from(text, (character) =>
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(character).toString(2).padStart(5, "0"),
  ).join("");
  return bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? [];
}

test("with two-factor authentication, the password alone does not sign in", async () => {
  const { email, password, cookie } = await signUp("creator");
  const enabled = await authFetch("/two-factor/enable", { cookie, body: { password } });
  const { totpURI, backupCodes } = await enabled.json<{ totpURI: string; backupCodes: string[] }>();
  const first = await codeOf(totpURI);
  const confirmed = await authFetch("/two-factor/verify-totp", {
    cookie,
    body: { code: first },
  });
  expect(confirmed.status).toBe(200);

  const signIn = async () => {
    const response = await authFetch("/sign-in/email", { body: { email, password } });
    expect(await response.json()).toMatchObject({ twoFactorRedirect: true });
    return cookiesOf(response);
  };
  const halfway = await signIn();
  expect((await authFetch("/token", { cookie: halfway })).status).toBe(401);
  const wrong = await authFetch("/two-factor/verify-totp", {
    cookie: halfway,
    body: { code: "000000" },
  });
  expect(wrong.status).toBe(401);
  const used = await authFetch("/two-factor/verify-totp", {
    cookie: halfway,
    body: { code: first },
  });
  expect([used.status, await used.json()]).toEqual([
    401,
    expect.objectContaining({ code: "code_already_used" }),
  ]);
  // The library accepts the code of the next 30 seconds too.
  const code = await codeOf(totpURI, 1);
  const right = await authFetch("/two-factor/verify-totp", { cookie: halfway, body: { code } });
  expect((await authFetch("/token", { cookie: cookiesOf(right) })).status).toBe(200);

  const useBackup = async () =>
    authFetch("/two-factor/verify-backup-code", {
      cookie: await signIn(),
      body: { code: backupCodes[0] },
    });
  expect((await useBackup()).status).toBe(200);
  expect((await useBackup()).status).toBe(401);
});
