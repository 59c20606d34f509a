import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { oneTimeLink } from "../../scripts/deploy/one-time-link.ts";
import { accessToken, authFetch, cookiesOf, signUp } from "../../tests/support/worker/accounts.ts";
import { authWith } from "../../tests/support/worker/auth-settings.ts";

const HOUR_MS = 3_600_000;
const PASSWORD = "nine quiet harbour lamps";
const nameless = () => `admin-${crypto.randomUUID()}@Example.com`;

async function make(email: string, lifetimeMs = HOUR_MS, now?: number): Promise<string> {
  const account = { email, name: "Ada", role: "admin" as const };
  const { token, statements } = await oneTimeLink(account, lifetimeMs, now);
  for (const { sql, params } of statements)
    await env.CATALOG.prepare(sql)
      .bind(...params)
      .run();
  return token;
}

const choose = async (token: string, newPassword = PASSWORD): Promise<number> =>
  (await authFetch("/reset-password", { body: { token, newPassword } })).status;

async function roleOf(email: string, password = PASSWORD): Promise<unknown> {
  const signedIn = await authFetch("/sign-in/email", { body: { email, password } });
  if (signedIn.status !== 200) return signedIn.status;
  const token = await accessToken(cookiesOf(signedIn));
  const claims = JSON.parse(atob(token.split(".")[1]!.replaceAll("-", "+").replaceAll("_", "/")));
  return (claims as { role: string }).role;
}

test("the first administrator sets a password through a link that works once", async () => {
  const email = nameless();
  const token = await make(email);
  expect(await roleOf(email)).toBe(401);
  expect(await choose(token)).toBe(200);
  expect(await roleOf(email)).toBe("admin");
  expect(await choose(token, "another password 1")).toBe(400);
  expect(await roleOf(email)).toBe("admin");
});

test("a new link replaces the older one, and an expired link is refused", async () => {
  const email = nameless();
  const [older, newer] = [await make(email), await make(email)];
  expect(await choose(older)).toBe(400);
  expect(await choose(newer)).toBe(200);
  const late = await make(email, HOUR_MS, Date.now() - 2 * HOUR_MS);
  expect(await choose(late)).toBe(400);
});

test("an existing account becomes the administrator", async () => {
  const account = await signUp("viewer");
  expect(await choose(await make(account.email))).toBe(200);
  expect(await roleOf(account.email)).toBe("admin");
});

test("the link works without mail and with sign-up closed", async () => {
  const auth = authWith({ DEV_MAIL: "false", MAIL_ENDPOINT: "", SIGNUP: "closed" });
  const email = nameless();
  const body = { token: await make(email), newPassword: PASSWORD };
  expect((await auth("/reset-password", body)).status).toBe(200);
  expect(await roleOf(email)).toBe("admin");
});
