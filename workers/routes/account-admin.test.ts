import { env, exports } from "cloudflare:workers";
import { and, eq, ne } from "drizzle-orm";
import { expect, test } from "vitest";
import { authFetch, signUp, type TestAccount } from "../../tests/support/worker/accounts.ts";
import {
  anonymous,
  call,
  newAccount,
  newVideo,
  problemOf,
} from "../../tests/support/worker/api.ts";
import {
  obtainCode,
  ORIGIN,
  redeemCode,
  refresh,
  registerApp,
} from "../../tests/support/worker/oauth.ts";
import type { ManagedAccount, ManagedAccountPage } from "../contract/account-admin.ts";
import type { Role } from "../contract/accounts.ts";
import { user } from "../db/accounts/auth-schema.ts";
import { setRole } from "../db/accounts/managed-accounts.ts";
import { catalog, runBatch } from "../db/client.ts";
import { countEncodeTime, heldCreators } from "../db/encode-usage.ts";
import { revocations } from "../db/playback-schema.ts";
import { videos } from "../db/schema.ts";
import { newId } from "../domain/id.ts";
import { videoSubject } from "../domain/revocations.ts";
import { followSchedules } from "../jobs/publishing/schedules.ts";
import { devMails } from "../services/mailer.ts";

const db = catalog(env);
const admin = await newAccount("admin");
const MINUTE_MS = 60_000;

const pathOf = (id: string, rest = "") => `/v1/admin/accounts/${id}${rest}`;
const ask = (method: string, path: string, body?: unknown) => call(admin.app, method, path, body);
const suspend = (id: string, reason = "") => ask("PUT", pathOf(id, "/suspension"), { reason });
const unsuspend = (id: string) => ask("DELETE", pathOf(id, "/suspension"));
const get = async (id: string) => (await ask("GET", pathOf(id))).json<ManagedAccount>();

/** A request with a real token. */
const send = (token: string, method: string, path: string, body?: unknown) =>
  exports.default.fetch(`${ORIGIN}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const signInAs = ({ email, password }: TestAccount) =>
  authFetch("/sign-in/email", { body: { email, password } });
const isSeen = async (id: string) =>
  (await call(anonymous, "GET", `/v1/videos/${id}`)).status === 200;

test("an admin finds accounts by part of the name, by address and by id, and filters them", async () => {
  const word = newId().toLowerCase();
  const ids = [newId(), newId(), newId()];
  const roles: Role[] = ["viewer", "creator", "creator"];
  for (const [index, id] of ids.entries())
    await db
      .insert(user)
      .values({ id, name: `Ada ${word}`, email: `${index}.${word}@a.test`, role: roles[index]! });
  const find = async (query: Record<string, string>) => {
    const response = await ask(
      "GET",
      `/v1/admin/accounts?${new URLSearchParams(query).toString()}`,
    );
    return (await response.json<ManagedAccountPage>()).items.map(({ id }) => id);
  };
  expect(await find({ q: word.toUpperCase() })).toEqual(ids.toReversed());
  expect(await find({ q: `1.${word}` })).toEqual([ids[1]]);
  expect(await find({ q: ids[0]! })).toEqual([ids[0]]);
  expect(await find({ q: word, role: "creator" })).toEqual([ids[2], ids[1]]);
  await suspend(ids[1]!);
  expect(await find({ q: word, status: "suspended" })).toEqual([ids[1]]);
  expect(await find({ q: word, status: "active" })).toEqual([ids[2], ids[0]]);
  expect(await find({ status: "suspended" })).toContain(ids[1]);
  expect(await find({ role: "creator" })).toContain(ids[2]);

  const first = await ask("GET", "/v1/admin/accounts?limit=2");
  const { items, nextCursor } = await first.json<ManagedAccountPage>();
  const next = await ask("GET", `/v1/admin/accounts?limit=2&cursor=${nextCursor}`);
  const both = [...items, ...(await next.json<ManagedAccountPage>()).items].map(({ id }) => id);
  expect(new Set(both).size).toBe(4);
  expect(both.slice(0, 3)).toEqual(ids.toReversed());
});

test("an admin changes the roles of others, whose tokens have the new role at once, but not their own", async () => {
  const account = await signUp("viewer");
  expect((await send(account.token, "GET", "/v1/admin/reports")).status).toBe(403);
  const changed = await ask("PATCH", pathOf(account.userId), { role: "moderator" });
  expect(await changed.json<ManagedAccount>()).toMatchObject({ role: "moderator" });
  // A token has the scopes of the time when it was issued: the site gets a new one, as does this test.
  const { token } = await (
    await authFetch("/token", { cookie: account.cookie })
  ).json<{ token: string }>();
  expect((await send(token, "GET", "/v1/admin/reports")).status).toBe(200);
  expect((await send(token, "GET", "/v1/admin/runners")).status).toBe(403);
  expect((await send(token, "GET", "/v1/admin/accounts")).status).toBe(403);

  for (const [method, path, body] of [
    ["PATCH", "", { role: "viewer" }],
    ["PUT", "/suspension", { reason: "" }],
    ["DELETE", "", undefined],
  ] as const)
    expect(await problemOf(await ask(method, pathOf(admin.userId, path), body))).toMatchObject({
      code: "forbidden",
    });
});

test("when two admins demote each other at the same time, one remains an admin", async () => {
  const [one, other] = [await newAccount("admin"), await newAccount("admin")];
  const isOther = and(eq(user.role, "admin"), ne(user.id, one.userId), ne(user.id, other.userId));
  const others = await db
    .update(user)
    .set({ role: "operator" })
    .where(isOther)
    .returning({ id: user.id });
  const done = await Promise.all([
    setRole(db, one.userId, "viewer"),
    setRole(db, other.userId, "viewer"),
  ]);
  expect(done.filter(Boolean)).toHaveLength(1);
  const last = done[0] ? other : one;
  expect((await get(last.userId)).role).toBe("admin");
  const byOther = (method: string, path = "") =>
    call(
      admin.app,
      method,
      pathOf(last.userId, path),
      method === "PUT" ? { reason: "" } : undefined,
    );
  expect(await problemOf(await byOther("DELETE"))).toMatchObject({ code: "conflict" });
  expect(await problemOf(await byOther("PUT", "/suspension"))).toMatchObject({ code: "conflict" });
  for (const { id } of others) await db.update(user).set({ role: "admin" }).where(eq(user.id, id));
});

test("a suspended account is signed out everywhere, and cannot sign in until the suspension ends", async () => {
  const account = await signUp("creator");
  const created = await send(account.token, "POST", "/v1/tokens", {
    name: "Script",
    scopes: ["history:write"],
  });
  const { token: personal } = await created.json<{ token: string }>();
  const app = await registerApp(await signUp("creator"));
  const flow = await obtainCode(account, app, "offline_access videos:read");
  const { refresh_token: refreshToken } = await (
    await redeemCode(flow)
  ).json<{ refresh_token: string }>();

  expect((await suspend(account.userId, "Copies of others.")).status).toBe(204);
  expect((await send(account.token, "DELETE", "/v1/history")).status).toBe(401);
  expect((await send(account.token, "GET", "/v1/me")).status).toBe(401);
  expect((await send(personal, "DELETE", "/v1/history")).status).toBe(401);
  expect((await refresh(flow, refreshToken)).status).toBe(400);
  expect(await (await authFetch("/get-session", { cookie: account.cookie })).json()).toBeNull();
  expect(await problemOf(await signInAs(account))).toMatchObject({
    status: 403,
    code: "account_suspended",
  });
  expect((await signInAs({ ...account, password: "another password" })).status).toBe(401);
  const mail = devMails.find(({ to, subject }) => to === account.email && subject.includes("susp"));
  expect(mail?.text).toContain("Copies of others.");
  expect((await get(account.userId)).suspension?.reason).toBe("Copies of others.");

  expect((await unsuspend(account.userId)).status).toBe(204);
  expect((await signInAs(account)).status).toBe(200);
  expect((await send(personal, "DELETE", "/v1/history")).status).toBe(204);
});

test("the videos of a suspended account are hidden, and their visibility returns when the suspension ends", async () => {
  const { userId } = await newAccount();
  const [shown, unlisted, hidden, own] = [
    await newVideo(userId),
    await newVideo(userId, { visibility: "unlisted" }),
    await newVideo(userId),
    await newVideo(userId, { visibility: "private" }),
  ];
  const encoding = await newVideo(userId, { state: "processing", publishedAt: null });
  await suspend(userId);
  for (const id of [shown, unlisted, hidden, own]) expect(await isSeen(id)).toBe(false);
  expect((await call(anonymous, "GET", `/v1/creators/${userId}`)).status).toBe(404);
  expect(await db.$count(revocations, eq(revocations.subject, videoSubject(shown)))).toBe(1);

  // No admin, moderator's decision or schedule makes one visible in the meantime.
  const shows = await ask("PATCH", `/v1/videos/${shown}`, { visibility: "public" });
  expect(await problemOf(shows)).toMatchObject({ code: "conflict" });
  await db.update(videos).set({ hiddenAt: 1 }).where(eq(videos.id, hidden));
  await db.update(videos).set({ publishAt: 1 }).where(eq(videos.id, own));
  await followSchedules(env, Date.now());
  expect(await isSeen(own)).toBe(false);
  await db.update(videos).set({ state: "ready" }).where(eq(videos.id, encoding));

  await unsuspend(userId);
  expect([await isSeen(shown), await isSeen(unlisted), await isSeen(encoding)]).toEqual([
    true,
    true,
    true,
  ]);
  expect([await isSeen(hidden), await isSeen(own)]).toEqual([false, false]);
  const rows = await db.select().from(videos).where(eq(videos.ownerId, userId));
  const visibilityOf = (id: string) => rows.find((row) => row.id === id)?.visibility;
  expect([visibilityOf(unlisted), visibilityOf(hidden)]).toEqual(["unlisted", "private"]);
  expect(rows.find((row) => row.id === encoding)?.publishedAt).not.toBeNull();
  await followSchedules(env, Date.now());
  expect(await isSeen(own)).toBe(true);
  expect((await call(anonymous, "GET", `/v1/creators/${userId}`)).status).toBe(200);
});

test("an account has its own limits, or else those of the site", async () => {
  const creator = await newAccount();
  const path = pathOf(creator.userId);
  const upload = (size = 1000) =>
    call(creator.app, "POST", "/v1/uploads", {
      filename: "a.mp4",
      contentType: "video/mp4",
      size,
    });
  const limit = (quota: object) => ask("PATCH", path, { quota });
  const room = async () =>
    (await (await call(creator.app, "GET", "/v1/uploads")).json<{ room: { quotaBytes: number } }>())
      .room.quotaBytes;
  expect(await room()).toBe(Number(env.QUOTA_BYTES));

  await limit({ bytes: 1500, uploadsPerDay: 2 });
  expect(await room()).toBe(1500);
  expect((await upload()).status).toBe(201);
  expect(await problemOf(await upload())).toMatchObject({ code: "quota_exceeded" });
  await limit({ bytes: null });
  const atOnce = await Promise.all([upload(), upload(), upload()]);
  const refused = atOnce.filter(({ ok }) => !ok);
  expect(refused).toHaveLength(2);
  expect(await problemOf(refused[0]!)).toMatchObject({ code: "limit_reached" });
  expect(await get(creator.userId)).toMatchObject({
    quota: { bytes: null, uploadsPerDay: 2, encodeMinutesPerDay: null },
    usage: { videos: 2, bytes: 2000, uploadsToday: 2 },
  });
  await limit({ uploadsPerDay: null });
  expect((await upload()).status).toBe(201);
});

test("raising an account's encode minutes lets its waiting tasks continue", async () => {
  const { userId: ownerId } = await newAccount();
  const isHeld = async () =>
    (await heldCreators(db, Date.now(), 100)).some((row) => row.ownerId === ownerId);
  const work = (minutes: number) =>
    runBatch(
      db,
      countEncodeTime(
        db,
        { ownerId, startedAt: Date.now() - minutes * MINUTE_MS },
        100 * MINUTE_MS,
        Date.now(),
      ),
    );
  const limit = (encodeMinutesPerDay: number | null) =>
    ask("PATCH", pathOf(ownerId), { quota: { encodeMinutesPerDay } });
  await limit(5);
  await work(6);
  expect(await isHeld()).toBe(true);
  expect((await get(ownerId)).usage.encodeMinutesToday).toBe(6);
  await limit(0);
  expect(await isHeld()).toBe(false);
  await work(200);
  expect(await isHeld()).toBe(false);
  await limit(10);
  expect(await isHeld()).toBe(true);
});

test("an admin sees an account's sessions and ends them", async () => {
  const account = await signUp("viewer");
  const sessions = async (of = account.userId) =>
    (await (await ask("GET", pathOf(of, "/sessions"))).json<{ items: { id: string }[] }>()).items;
  await signInAs(account);
  const { userId: other } = await signUp("viewer");
  const [ofOther] = await sessions(other);
  await ask("DELETE", pathOf(account.userId, `/sessions/${ofOther!.id}`));
  expect(await sessions(other)).toHaveLength(1);
  const [newest] = await sessions();
  expect(await sessions()).toHaveLength(2);
  expect(JSON.stringify(await sessions())).not.toContain("ipAddress");
  await ask("DELETE", pathOf(account.userId, `/sessions/${newest!.id}`));
  expect(await sessions()).toHaveLength(1);
  expect((await send(account.token, "DELETE", "/v1/history")).status).toBe(204);
  await ask("DELETE", pathOf(account.userId, "/sessions"));
  expect(await sessions()).toEqual([]);
  expect((await send(account.token, "DELETE", "/v1/history")).status).toBe(401);
});

test("an admin deletes an account together with its videos", async () => {
  const account = await signUp("creator");
  const id = await newVideo(account.userId);
  expect((await ask("DELETE", pathOf(account.userId))).status).toBe(204);
  expect(await isSeen(id)).toBe(false);
  expect((await ask("GET", pathOf(account.userId))).status).toBe(404);
  expect((await send(account.token, "DELETE", "/v1/history")).status).toBe(401);
  expect((await signInAs(account)).status).toBe(401);
});
