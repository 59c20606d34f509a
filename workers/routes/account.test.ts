import { env, exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { authFetch, signUp } from "../../tests/support/worker/accounts.ts";
import { insertVideo, ORIGIN } from "../../tests/support/worker/media.ts";
import { app } from "../app.ts";

const get = (path: string, headers: Record<string, string> = {}) =>
  exports.default.fetch(`${ORIGIN}${path}`, { headers });

test("deleting an account deletes everything of it at once", async () => {
  const account = await signUp("creator");
  const id = await insertVideo({ ownerId: account.userId });
  expect((await get(`/v1/videos/${id}`)).status).toBe(200);

  const wrong = await authFetch("/delete-user", {
    cookie: account.cookie,
    body: { password: "wrong" },
  });
  expect(wrong.status).toBe(400);
  const { cookie, password } = account;
  expect((await authFetch("/delete-user", { cookie, body: { password } })).status).toBe(200);

  expect((await get(`/v1/videos/${id}`)).status).toBe(404);
  expect((await get("/v1/me", account.headers)).status).toBe(401);
  const again = await authFetch("/sign-in/email", { body: { email: account.email, password } });
  expect(again.status).toBe(401);
  const counts = ["session", "account", "personal_access_token", "passkey"].map((table) =>
    env.CATALOG.prepare(`SELECT count(*) AS n FROM ${table} WHERE user_id = ?`)
      .bind(account.userId)
      .first<number>("n"),
  );
  expect(await Promise.all(counts)).toEqual([0, 0, 0, 0]);
});

test("the export has everything stored about the account, and no secrets", async () => {
  const account = await signUp("creator");
  const id = await insertVideo({ ownerId: account.userId });
  const answer = await get("/v1/me/export", account.headers);
  const text = await answer.text();
  expect(JSON.parse(text)).toMatchObject({
    account: { id: account.userId, email: account.email },
    sessions: [{}],
    videos: [{ id }],
    signIns: [{ provider: "credential" }],
    passkeys: [],
    signingKeys: [],
    tokens: [],
  });
  const session = await env.CATALOG.prepare("SELECT token FROM session WHERE user_id = ?")
    .bind(account.userId)
    .first<string>("token");
  expect(text).not.toContain(session);
});

test("everyone may read the ways to sign in", async () => {
  expect(await (await get("/v1/sign-in-options")).json()).toEqual({
    providers: [],
    signUp: true,
    emailVerification: false,
    passwordReset: true,
  });
});

test.each([
  [{ SIGNUP: "verified" }, { signUp: true, emailVerification: true, passwordReset: true }],
  [
    { SIGNUP: "verified", DEV_MAIL: "false" },
    { signUp: false, emailVerification: false, passwordReset: false },
  ],
  [{ SIGNUP: "closed" }, { signUp: false, emailVerification: false, passwordReset: true }],
])("with %o, the sign-in pages know what to offer", async (settings, expected) => {
  const bindings = { ...env, ...settings };
  const answer = await app.request(`${ORIGIN}/v1/sign-in-options`, {}, bindings);
  expect(await answer.json()).toEqual({ providers: [], ...expected });
});
