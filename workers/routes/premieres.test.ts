import { env } from "cloudflare:workers";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { anonymous, call, newAccount, problemOf } from "../../tests/support/worker/api.ts";
import { insertVideo } from "../../tests/support/worker/media.ts";
import type { Premiere } from "../contract/premieres.ts";
import type { Video, VideoPatch } from "../contract/videos.ts";
import type { Watch } from "../contract/watch.ts";
import { catalog, runBatch } from "../db/client.ts";
import { hideStatements } from "../db/reports.ts";
import { followSchedules } from "../jobs/publishing/schedules.ts";

const HOUR_MS = 3_600_000;

let creator: Awaited<ReturnType<typeof newAccount>>;
let id: string;
let publishAt: string;

// Time never goes backwards, which the shared isolate of all tests would not expect.
beforeAll(() => void vi.useFakeTimers({ toFake: ["Date"], now: Date.now() }));
afterAll(() => void vi.useRealTimers());
beforeEach(async () => {
  creator = await newAccount();
  id = await insertVideo({
    ownerId: creator.userId,
    visibility: "private",
    title: "Storm night",
    posterPath: "files/images.1/poster.jpg",
  });
  await env.MEDIA.put(`${id}/1/files/images.1/poster.jpg`, "poster");
  publishAt = new Date(Date.now() + HOUR_MS).toISOString();
});

const change = (patch: VideoPatch) => call(creator.app, "PATCH", `/v1/videos/${id}`, patch);
const watch = () => call(anonymous, "POST", `/v1/videos/${id}/watch`, {});
const premiere = () => call(anonymous, "GET", `/v1/videos/${id}/premiere`);
const own = async () => (await call(creator.app, "GET", `/v1/videos/${id}`)).json<Video>();

test("before its time a premiere shows only title, poster and time", async () => {
  expect((await change({ publishAt, premiere: true })).status).toBe(200);
  expect(await own()).toMatchObject({ visibility: "private", premiere: true });
  const { code } = await problemOf(await watch());
  expect(code).toBe("premiere_pending");
  const shown = await (await premiere()).json<Premiere>();
  expect(shown).toMatchObject({ title: "Storm night", startsAt: publishAt, isStarted: false });
  expect(await (await call(anonymous, "GET", shown.poster!)).text()).toBe("poster");
  expect(JSON.stringify(shown)).not.toContain("/media/");
  for (const path of ["", "/related", "/captions/en"])
    expect((await call(anonymous, "GET", `/v1/videos/${id}${path}`)).status).toBe(403);
  for (const path of ["/v1/search?q=storm", `/v1/videos?creator=${creator.userId}`, "/v1/feed"])
    expect(await (await call(anonymous, "GET", path)).text()).not.toContain("Storm night");
  const shared = await call(anonymous, "GET", `/v1/videos/${id}/sharing`);
  expect(await shared.json()).toMatchObject({
    video: null,
    premiere: {
      title: "Storm night",
      startsAt: publishAt,
      image: expect.stringMatching(/poster$/),
    },
  });
});

test("the first request after its time starts a premiere, by the server's clock", async () => {
  await change({ publishAt, premiere: true });
  vi.setSystemTime(Date.parse(publishAt) - 1);
  expect((await (await premiere()).json<Premiere>()).isStarted).toBe(false);
  vi.setSystemTime(Date.parse(publishAt));
  expect((await watch()).status).toBe(403);
  expect((await (await premiere()).json<Premiere>()).isStarted).toBe(true);
  const { video, playback } = await (await watch()).json<Watch>();
  expect(playback).not.toBeNull();
  expect(video).toMatchObject({ visibility: "public", publishedAt: publishAt });
  // The cron runs later and has nothing to do.
  await followSchedules(env, Date.now() + 60_000);
  expect((await (await watch()).json<Watch>()).video.updatedAt).toBe(video.updatedAt);
});

test("a premiere that is still being transcoded at its time waits until it can be watched", async () => {
  await env.CATALOG.prepare("UPDATE videos SET state = 'processing' WHERE id = ?").bind(id).run();
  await change({ publishAt, premiere: true });
  vi.setSystemTime(Date.parse(publishAt) + 1);
  expect((await (await premiere()).json<Premiere>()).isStarted).toBe(false);
  expect((await problemOf(await watch())).code).toBe("premiere_pending");
  await env.CATALOG.prepare("UPDATE videos SET state = 'ready' WHERE id = ?").bind(id).run();
  expect((await (await premiere()).json<Premiere>()).isStarted).toBe(true);
});

test("a schedule alone reveals nothing, and a premiere needs a schedule", async () => {
  await change({ publishAt });
  expect([(await premiere()).status, (await watch()).status]).toEqual([404, 404]);
  await change({ publishAt: null });
  const refused = await problemOf(await change({ premiere: true }));
  expect(refused.errors?.[0]?.path).toBe("body.premiere");
});

const sql = (text: string, ...values: string[]) =>
  env.CATALOG.prepare(text)
    .bind(...values)
    .run();

test.each<[string, () => Promise<unknown>]>([
  ["the creator decides otherwise", () => change({ premiere: false })],
  ["the plan is given up", () => change({ publishAt: null })],
  [
    "a moderator hides the video",
    () => runBatch(catalog(env), hideStatements(catalog(env), id, Date.now())),
  ],
  [
    "a moderator has yet to look at the video",
    () =>
      sql(
        "INSERT INTO video_reviews (video_id, owner_id, wanted, asked_at, state) VALUES (?, ?, 'public', 0, 'waiting')",
        id,
        creator.userId,
      ),
  ],
  [
    "its creator is suspended",
    () =>
      sql(
        "INSERT INTO suspended_accounts (account_id, reason, suspended_at) VALUES (?, '', 0)",
        creator.userId,
      ),
  ],
  ["the video is deleted", () => call(creator.app, "DELETE", `/v1/videos/${id}`)],
])("a premiere disappears when %s", async (_why, end) => {
  await change({ publishAt, premiere: true });
  await end();
  expect([(await premiere()).status, (await watch()).status]).toEqual([404, 404]);
});

test("a video that becomes private again is not announced by its next schedule", async () => {
  await change({
    publishAt,
    premiere: true,
    unpublishAt: new Date(Date.now() + 2 * HOUR_MS).toISOString(),
  });
  await followSchedules(env, Date.now() + HOUR_MS + 1);
  await followSchedules(env, Date.now() + 2 * HOUR_MS + 1);
  await change({ publishAt });
  expect((await own()).premiere).toBe(false);
});
