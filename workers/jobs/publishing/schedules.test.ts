import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import type { Video, VideoPatch } from "../../contract/videos.ts";
import { catalog } from "../../db/client.ts";
import { videos } from "../../db/schema.ts";
import { publishedSince } from "../../db/followed-videos.ts";
import { findVideo } from "../../db/videos.ts";
import { anonymous, call, newAccount, newVideo } from "../../../tests/support/worker/api.ts";
import { CountingD1 } from "../../../tests/support/worker/counting-d1.ts";
import { followSchedules } from "./schedules.ts";

const MINUTE_MS = 60_000;
const db = catalog(env);
const inMinutes = (minutes: number) => new Date(Date.now() + minutes * MINUTE_MS).toISOString();

/** A ready private video of a creator, and requests about it. */
async function privateVideo() {
  const { app, userId } = await newAccount();
  const id = await newVideo(userId, { visibility: "private", state: "ready", publishedAt: null });
  const change = (patch: VideoPatch) => call(app, "PATCH", `/v1/videos/${id}`, patch);
  const seen = async () => (await call(anonymous, "GET", `/v1/videos/${id}`)).status === 200;
  const own = async () => (await call(app, "GET", `/v1/videos/${id}`)).json<Video>();
  return { id, change, seen, own };
}
/** Runs the cron's work this many minutes from now. */
const sweepIn = (minutes: number) => followSchedules(env, Date.now() + minutes * MINUTE_MS);

test("a scheduled video is published and announced at its time, not before", async () => {
  const { id, change, seen, own } = await privateVideo();
  const publishAt = inMinutes(10);
  expect((await change({ publishAt, unpublishAt: inMinutes(30) })).status).toBe(200);
  expect(await own()).toMatchObject({ visibility: "private", publishAt });
  await sweepIn(9);
  expect([await seen(), await publishedSince(db, [id], 0)]).toEqual([false, []]);
  await sweepIn(11);
  expect(await seen()).toBe(true);
  expect(await own()).toMatchObject({ visibility: "public", publishAt: null });
  expect(await publishedSince(db, [id], 0)).toMatchObject([{ id }]);
  await sweepIn(31);
  expect(await seen()).toBe(false);
  expect(await own()).toMatchObject({ visibility: "private", unpublishAt: null });
});

test("a video whose publishing window passed before the sweep ran stays private", async () => {
  const { change, seen } = await privateVideo();
  await change({ publishAt: inMinutes(1), unpublishAt: inMinutes(2) });
  await sweepIn(60);
  expect(await seen()).toBe(false);
});

test("others do not see a schedule, and a hidden or deleted video is not published by it", async () => {
  const hidden = await privateVideo();
  await hidden.change({ publishAt: inMinutes(1) });
  await db.update(videos).set({ hiddenAt: 1 }).where(eq(videos.id, hidden.id));
  const deleted = await privateVideo();
  await deleted.change({ publishAt: inMinutes(1) });
  await db.update(videos).set({ deletedAt: 1 }).where(eq(videos.id, deleted.id));
  await sweepIn(2);
  expect(await findVideo(db, hidden.id)).toMatchObject({ visibility: "private", publishAt: null });
  expect(await findVideo(db, deleted.id)).toMatchObject({ visibility: "private" });

  const ending = await privateVideo();
  await ending.change({ visibility: "public" });
  await ending.change({ unpublishAt: inMinutes(5) });
  const others = await call(anonymous, "GET", `/v1/videos/${ending.id}`);
  expect((await others.json<Video>()).unpublishAt).toBeNull();
});

test("a manual change of visibility ends the schedule", async () => {
  const { change, own } = await privateVideo();
  await change({ publishAt: inMinutes(5) });
  await change({ visibility: "unlisted" });
  expect(await own()).toMatchObject({ publishAt: null });
  await sweepIn(6);
  expect(await own()).toMatchObject({ visibility: "unlisted" });
});

test.each<[string, VideoPatch, string]>([
  ["a time in the past", { publishAt: "2020-01-01T00:00:00.000Z" }, "body.publishAt"],
  ["a public video", { visibility: "public", publishAt: inMinutes(5) }, "body.publishAt"],
  ["an end of nothing", { unpublishAt: inMinutes(5) }, "body.unpublishAt"],
])("%s cannot be scheduled", async (_, patch, field) => {
  const { change } = await privateVideo();
  const response = await change(patch);
  expect(response.status).toBe(400);
  expect((await response.json<{ errors: { path: string }[] }>()).errors[0]?.path).toBe(field);
});

test("a run with nothing due takes three statements, however much is scheduled for later", async () => {
  const { change } = await privateVideo();
  await change({ publishAt: inMinutes(1000) });
  await sweepIn(0);
  const counting = new CountingD1(env.CATALOG);
  await followSchedules({ ...env, CATALOG: counting.binding }, Date.now());
  expect(counting.statements.length).toBeLessThanOrEqual(3);
});
