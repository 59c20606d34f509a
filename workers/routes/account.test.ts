import { env, exports } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { authFetch, signUp } from "../../tests/support/worker/accounts.ts";
import { insertVideo, ORIGIN } from "../../tests/support/worker/media.ts";
import {
  claimAny,
  db,
  queuedVideo,
  stopEverything,
} from "../../tests/support/worker/transcoding.ts";
import { app } from "../app.ts";
import { libraryOf } from "../db/history.ts";
import { encodeUsage } from "../db/runner-schema.ts";
import { creatorUsage } from "../db/schema.ts";
import { tasks } from "../db/transcoding-schema.ts";
import { purgeLeftovers } from "../jobs/cleanup/purge.ts";

const get = (path: string, headers: Record<string, string> = {}) =>
  exports.default.fetch(`${ORIGIN}${path}`, { headers });

test("deleting an account deletes all of its data at once", async () => {
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

test("an account with many videos is deleted within the statement limit of one request", async () => {
  const { userId: ownerId, cookie, password } = await signUp("creator");
  const states = ["ready", "processing", "failed", "uploading"] as const;
  const ids: string[] = [];
  for (let count = 0; count < 40; count++)
    ids.push(await insertVideo({ ownerId, state: states[count % states.length] }));
  const inBin = await insertVideo({ ownerId, deletedAt: 1 });
  const bystander = await insertVideo();

  expect((await authFetch("/delete-user", { cookie, body: { password } })).status).toBe(200);
  const rows = await env.CATALOG.prepare(
    "SELECT id, deleted_at AS deletedAt, erased_at AS erasedAt FROM videos WHERE owner_id = ?",
  )
    .bind(ownerId)
    .all<{ id: string; deletedAt: number | null; erasedAt: number | null }>();
  expect(rows.results.map(({ id }) => id).toSorted()).toEqual([...ids, inBin].toSorted());
  for (const row of rows.results)
    expect(row).toMatchObject({ deletedAt: expect.any(Number), erasedAt: expect.any(Number) });
  // Their tokens end, and their objects are deleted through messages about them.
  const count = (sql: string, id: string) => env.CATALOG.prepare(sql).bind(id).first<number>("n");
  for (const id of [ids[0]!, inBin])
    expect(
      await count("SELECT count(*) AS n FROM revocations WHERE subject = 'video:' || ?", id),
    ).toBe(1);
  expect((await get(`/v1/videos/${bystander}`)).status).toBe(200);
});

test("the time that runners worked for an account is still counted when the account is deleted", async () => {
  await stopEverything();
  const { userId, cookie, password } = await signUp("creator");
  await queuedVideo(userId);
  const task = await claimAny();
  const minutesAgo = Date.now() - 5 * 60_000;
  await db.update(tasks).set({ startedAt: minutesAgo }).where(eq(tasks.id, task.id));
  expect((await authFetch("/delete-user", { cookie, body: { password } })).status).toBe(200);
  const [usage] = await db.select().from(encodeUsage).where(eq(encodeUsage.ownerId, userId));
  expect(usage?.milliseconds).toBeGreaterThanOrEqual(5 * 60_000);
  // It is counted once, although the deletion checks twice.
  expect(usage?.milliseconds).toBeLessThanOrEqual(Date.now() - minutesAgo);
});

test("the usage of a deleted account is not counted any more", async () => {
  const { userId, cookie, password } = await signUp("creator");
  await insertVideo({ ownerId: userId, sourceBytes: 10 });
  const used = () => db.select().from(creatorUsage).where(eq(creatorUsage.ownerId, userId));
  expect(await used()).toMatchObject([{ videos: 1, bytes: 10 }]);
  expect((await authFetch("/delete-user", { cookie, body: { password } })).status).toBe(200);
  expect(await used()).toEqual([]);
  await purgeLeftovers(env, Date.now() + 2 * 3_600_000);
  expect(await used()).toEqual([]);
});

test("the export has everything stored about the account, and no secrets", async () => {
  const account = await signUp("creator");
  const id = await insertVideo({ ownerId: account.userId });
  const library = libraryOf(env, account.userId);
  await library.addToWatchlist("main", { videoId: id, addedAt: 1 });
  await library.like(account.userId, "main", { videoId: id, addedAt: 1 });
  const row = { kind: "playlist", title: "P", description: "", visibility: "private" } as const;
  await library.createPlaylist({ id: "p", ...row, createdAt: 1, updatedAt: 1 });
  await library.putPlaylistItem("p", { videoId: id }, 2);
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
    profiles: [
      {
        ...{ id: "main", watchSettings: { historyPaused: false } },
        watchlist: [{ videoId: id, at: "1970-01-01T00:00:00.001Z" }],
        likes: [{ videoId: id }],
      },
    ],
    playlists: [{ id: "p", title: "P", videos: [{ videoId: id, season: 0, episode: 1 }] }],
    pushSubscriptions: [],
  });
  const session = await env.CATALOG.prepare("SELECT token FROM session WHERE user_id = ?")
    .bind(account.userId)
    .first<string>("token");
  expect(text).not.toContain(session);
});

test("anyone can read the available ways to sign in", async () => {
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
