import { exports } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { authFetch, cookiesOf, signUp } from "../../tests/support/worker/accounts.ts";
import { authWith } from "../../tests/support/worker/auth-settings.ts";
import { newId } from "../domain/id.ts";

const ORIGIN = "http://localhost:8788";

/** The latest mail to an address with this in its subject, from /dev/mail. */
function mailTo(to: string, subject: string) {
  return vi.waitFor(async () => {
    const response = await exports.default.fetch(`${ORIGIN}/dev/mail`, {
      headers: { accept: "application/json" },
    });
    const { items } = await response.json<{
      items: { to: string; subject: string; text: string }[];
    }>();
    const mail = items.find((item) => item.to === to && item.subject.includes(subject));
    expect(mail).toBeDefined();
    return mail?.text ?? "";
  }, 50_000);
}

const newEmail = () => `${newId().toLowerCase()}@example.com`;

test("with verified sign-up, an account can be used only after its address is confirmed", async () => {
  const strict = authWith({ SIGNUP: "verified" });
  const credentials = { email: newEmail(), password: "correct horse battery" };
  const signedUp = await strict("/sign-up/email", { name: "Ada", ...credentials });
  expect(signedUp.headers.getSetCookie()).toEqual([]);
  expect((await strict("/sign-in/email", credentials)).status).toBe(403);

  const link = /http\S+verify-email\S+/.exec(await mailTo(credentials.email, "Confirm"))?.[0] ?? "";
  const opened = await exports.default.fetch(link, { redirect: "manual" });
  expect(opened.status).toBe(302);
  // Not signed in, since that would bypass a second factor.
  expect(opened.headers.getSetCookie()).toEqual([]);
  expect((await strict("/sign-in/email", credentials)).status).toBe(200);
});

test("with verified sign-up, signing up does not reveal who has an account", async () => {
  const strict = authWith({ SIGNUP: "verified" });
  const { email } = await signUp("viewer");
  const body = (address: string) => ({
    name: "Eve",
    email: address,
    password: "correct horse battery",
  });
  const [taken, free] = await Promise.all([
    strict("/sign-up/email", body(email)),
    strict("/sign-up/email", body(newEmail())),
  ]);
  expect(taken.status).toBe(free.status);
  const shape = async (response: Response) => {
    const { user, ...rest } = await response.json<{ user: object }>();
    return { ...rest, fields: Object.keys(user).toSorted() };
  };
  expect(await shape(taken)).toEqual(await shape(free));
  expect(await mailTo(email, "already have a")).toContain("/sign-in");
});

test("with sign-up closed, existing accounts still sign in: at once without mail, after confirmation with mail", async () => {
  const { email, password } = await signUp("viewer");
  const withoutMail = authWith({ SIGNUP: "verified", DEV_MAIL: "false" });
  expect((await withoutMail("/sign-in/email", { email, password })).status).toBe(200);

  const withMail = authWith({ SIGNUP: "closed" });
  expect((await withMail("/sign-in/email", { email, password })).status).toBe(403);
  const link = /http\S+verify-email\S+/.exec(await mailTo(email, "Confirm"))?.[0] ?? "";
  await exports.default.fetch(link, { redirect: "manual" });
  expect((await withMail("/sign-in/email", { email, password })).status).toBe(200);
});

test("an address gets only a few sign-up mails per hour, with or without an account", async () => {
  const strict = authWith({ SIGNUP: "verified" });
  const { email } = await signUp("viewer");
  const tryFive = async (address: string) => {
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 6; attempt++) {
      const body = { name: "Eve", email: address, password: "correct horse battery" };
      statuses.push((await strict("/sign-up/email", body)).status);
    }
    return statuses;
  };
  const [taken, free] = await Promise.all([tryFive(email), tryFive(newEmail())]);
  // The account's own sign-up was the first of five.
  expect(taken).toEqual([200, 200, 200, 200, 429, 429]);
  expect(free).toEqual([200, 200, 200, 200, 200, 429]);
});

test("a reset link sets the password once and ends all sessions", async () => {
  const account = await signUp("viewer");
  const ask = async (email: string) =>
    (await authFetch("/request-password-reset", { body: { email } })).text();
  const [asked, unknown] = await Promise.all([ask(account.email), ask(newEmail())]);
  expect(asked).toBe(unknown);

  const token = /reset-password\?token=(\S+)/.exec(await mailTo(account.email, "Reset your"))?.[1];
  const reset = () =>
    authFetch("/reset-password", { body: { newPassword: "another horse battery", token } });
  expect((await reset()).status).toBe(200);
  expect((await reset()).status).toBe(400);
  expect((await authFetch("/token", { cookie: account.cookie })).status).toBe(401);
  const { email } = account;
  const before = await authFetch("/sign-in/email", { body: { email, password: account.password } });
  expect(before.status).toBe(401);
  const after = await authFetch("/sign-in/email", {
    body: { email, password: "another horse battery" },
  });
  expect(after.status).toBe(200);
});

test("an account can list its sessions and end the others", async () => {
  const { email, password, cookie } = await signUp("viewer");
  const other = cookiesOf(await authFetch("/sign-in/email", { body: { email, password } }));
  const sessions = await (await authFetch("/list-sessions", { cookie })).json<unknown[]>();
  expect(sessions).toHaveLength(2);
  await authFetch("/revoke-other-sessions", { cookie, body: {} });
  expect((await authFetch("/token", { cookie: other })).status).toBe(401);
  expect((await authFetch("/token", { cookie })).status).toBe(200);
});

test("an IP address is blocked after too many attempts per minute, and other addresses are not", async () => {
  const limited = authWith({ AUTH_ATTEMPTS_PER_MINUTE: "3" });
  const guess = (from: string) =>
    limited(
      "/sign-in/email",
      { email: newEmail(), password: "guess" },
      { "cf-connecting-ip": from },
    );
  const from = `2001:db8:${newId().charCodeAt(0)}:${newId().charCodeAt(1)}::1`;
  const answers = await Promise.all(Array.from({ length: 10 }, () => guess(from)));
  expect(answers.filter((answer) => answer.status === 401)).toHaveLength(3);
  expect(answers.filter((answer) => answer.status === 429)).toHaveLength(7);
  expect((await guess("203.0.113.9")).status).toBe(401);
});

test("an account is locked after password guesses from many addresses, and a reset unlocks it", async () => {
  const limited = authWith({ AUTH_ATTEMPTS_PER_MINUTE: "2" });
  const { email, password } = await signUp("viewer");
  let addresses = 0;
  const tryWith = (secret: string) =>
    limited(
      "/sign-in/email",
      { email, password: secret },
      { "cf-connecting-ip": `198.51.100.${++addresses}` },
    );
  const guesses = await Promise.all(Array.from({ length: 10 }, () => tryWith("guess")));
  expect(guesses.every(({ status }) => status === 401)).toBe(true);
  expect((await tryWith(password)).status).toBe(429);

  await authFetch("/request-password-reset", { body: { email } });
  const token = /reset-password\?token=(\S+)/.exec(await mailTo(email, "Reset your"))?.[1];
  await authFetch("/reset-password", { body: { newPassword: "another horse battery", token } });
  expect((await tryWith("another horse battery")).status).toBe(200);
});
