import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { authFetch } from "../../tests/support/worker/accounts.ts";
import { call, newAccount, problemOf } from "../../tests/support/worker/api.ts";
import type { ManagedAccount } from "../contract/account-admin.ts";
import type { Role } from "../contract/accounts.ts";
import { invitations } from "../db/accounts/account-admin-schema.ts";
import { user } from "../db/accounts/auth-schema.ts";
import { catalog, idsIn } from "../db/client.ts";
import { newId } from "../domain/id.ts";
import { LIMITS } from "../domain/limits.ts";
import { expireRecords } from "../jobs/cleanup/expire.ts";
import { devMails } from "../services/mailer.ts";

const db = catalog(env);
const admin = await newAccount("admin");
const ask = (method: string, path: string, body?: unknown) => call(admin.app, method, path, body);
const pathOf = (id: string) => `/v1/admin/accounts/${id}`;
const get = async (id: string) => (await ask("GET", pathOf(id))).json<ManagedAccount>();

const invite = (email: string, role: Role = "creator") =>
  ask("POST", "/v1/admin/invitations", { email, role });
const openInvitations = async () =>
  (await (await ask("GET", "/v1/admin/invitations")).json<{ items: { id: string }[] }>()).items.map(
    ({ id }) => id,
  );
const choosePassword = (url: string, newPassword: string) =>
  authFetch("/reset-password", { body: { token: /token=(\S+)/.exec(url)?.[1], newPassword } });

test("an admin's invitation lets its recipient set a password through a link that works once", async () => {
  const email = `${newId()}@Example.com`;
  const response = await invite(email, "moderator");
  expect(response.status).toBe(201);
  const { id, url } = await response.json<{ id: string; url: string }>();
  expect(await openInvitations()).toContain(id);
  expect(devMails.find(({ to }) => to === email.toLowerCase())?.text).toContain(url);
  expect(await problemOf(await invite(email))).toMatchObject({ code: "conflict" });

  const password = "nine quiet harbour lamps";
  expect((await choosePassword(url, password)).status).toBe(200);
  expect((await choosePassword(url, "another password 1")).status).toBe(400);
  expect((await authFetch("/sign-in/email", { body: { email, password } })).status).toBe(200);
  expect((await get(id)).role).toBe("moderator");
  expect(await openInvitations()).not.toContain(id);
  expect((await ask("DELETE", `/v1/admin/invitations/${id}`)).status).toBe(404);
});

test("only one of several people who accept an invitation at the same time sets the password", async () => {
  const email = `${newId()}@example.com`;
  const { url } = await (await invite(email, "creator")).json<{ url: string }>();
  const passwords = Array.from({ length: 5 }, (_, index) => `nine quiet harbour lamps ${index}`);
  const answers = await Promise.all(passwords.map((password) => choosePassword(url, password)));
  const set = passwords.filter((_, index) => answers[index]?.status === 200);
  expect(set).toHaveLength(1);
  const body = { email, password: set[0] };
  expect((await authFetch("/sign-in/email", { body })).status).toBe(200);
});

test("a revoked or expired invitation cannot be used and leaves no account", async () => {
  const make = async () =>
    (await invite(`${newId()}@example.com`)).json<{ id: string; url: string }>();
  const [revoked, expired, accepted] = [await make(), await make(), await make()];
  await choosePassword(accepted.url, "nine quiet harbour lamps");
  expect((await ask("DELETE", `/v1/admin/invitations/${revoked.id}`)).status).toBe(204);
  await db.update(invitations).set({ expiresAt: 1 });
  await expireRecords(env);
  for (const { id, url } of [revoked, expired]) {
    expect((await choosePassword(url, "nine quiet harbour lamps")).status).toBe(400);
    expect((await ask("GET", pathOf(id))).status).toBe(404);
  }
  expect((await ask("GET", pathOf(accepted.id))).status).toBe(200);
});

test("a site has a limited number of invitations", async () => {
  const mark = newId();
  const expiresAt = Date.now() + 60_000;
  const count = LIMITS.invitations - (await db.$count(invitations));
  const ids = Array.from({ length: count }, (_, index) => `${mark}${index}`);
  const list = idsIn(ids);
  await db.run(
    sql`INSERT INTO user (id, name, email) SELECT value, 'x', value || '@x.test' FROM ${list}`,
  );
  await db.run(
    sql`INSERT INTO invitations (account_id, created_at, expires_at)
      SELECT value, 1, ${expiresAt} FROM ${list}`,
  );
  expect(await problemOf(await invite(`${newId()}@example.com`))).toMatchObject({
    code: "limit_reached",
  });
  await db.delete(user).where(sql`${user.id} IN ${list}`);
  expect((await invite(`${newId()}@example.com`)).status).toBe(201);
});
