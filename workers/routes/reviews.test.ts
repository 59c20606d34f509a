import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import {
  anonymous,
  call,
  newAccount,
  newVideo,
  problemOf,
  type TestApp,
} from "../../tests/support/worker/api.ts";
import type { ReviewPage, VideoModeration } from "../contract/moderation.ts";
import type { UploadCreated } from "../contract/uploads.ts";
import type { Video } from "../contract/videos.ts";
import { followSchedules } from "../jobs/publishing/schedules.ts";

/** A site where the videos of new creators are reviewed. */
const strict = { ...env, REVIEW_NEW_CREATORS: "true" } as Env;

const admin = await newAccount("admin");

const send = (app: TestApp, method: string, path: string, json?: object) =>
  call(app, method, path, json, {}, strict);
const change = (app: TestApp, id: string, patch: object) =>
  send(app, "PATCH", `/v1/videos/${id}`, patch);
const isVisible = async (id: string) =>
  (await call(anonymous, "GET", `/v1/videos/${id}`)).status === 200;
const get = async <T>(app: TestApp, path: string) => (await send(app, "GET", path)).json<T>();
const ofVideo = (app: TestApp, id: string) =>
  get<VideoModeration>(app, `/v1/videos/${id}/moderation`);

const isWaiting = async (id: string) =>
  (await get<ReviewPage>(admin.app, "/v1/admin/reviews?limit=100")).items.some(
    ({ video }) => video.id === id,
  );
const decide = (id: string, what: "approve" | "reject", body: object = {}) =>
  send(admin.app, "POST", `/v1/admin/reviews/${id}/${what}`, body);

test("an account's first publications wait for review, and after three approvals none does", async () => {
  const creator = await newAccount("creator");
  for (let count = 0; count < 3; count++) {
    const id = await newVideo(creator.userId, { visibility: "private", publishedAt: null });
    const published = await change(creator.app, id, { visibility: "public", title: "New" });
    expect(await published.json()).toMatchObject({ visibility: "private", title: "New" });
    expect((await ofVideo(creator.app, id)).review?.state).toBe("waiting");
    expect([await isVisible(id), await isWaiting(id)]).toEqual([false, true]);
    expect((await decide(id, "approve")).status).toBe(204);
    expect([await isVisible(id), await isWaiting(id)]).toEqual([true, false]);
    // A video that was approved once may be hidden and published again.
    await change(creator.app, id, { visibility: "private" });
    await change(creator.app, id, { visibility: "unlisted" });
    expect(await isVisible(id)).toBe(true);
  }
  const fourth = await newVideo(creator.userId, { visibility: "private" });
  await change(creator.app, fourth, { visibility: "public" });
  expect(await isVisible(fourth)).toBe(true);

  const trust = (trusted: boolean) =>
    send(admin.app, "PUT", `/v1/admin/creators/${creator.userId}/trust`, { trusted });
  expect((await trust(false)).status).toBe(204);
  const fifth = await newVideo(creator.userId, { visibility: "private" });
  const edit = { kind: "change", visibility: "public" };
  await send(creator.app, "POST", "/v1/videos/bulk", { ids: [fourth, fifth], edit });
  expect([await isVisible(fourth), await isVisible(fifth)]).toEqual([true, false]);
  await trust(true);
  await change(creator.app, fifth, { visibility: "public" });
  expect(await isVisible(fifth)).toBe(true);
});

test("a rejected video stays private, and an appeal publishes it", async () => {
  const creator = await newAccount("creator");
  const id = await newVideo(creator.userId, { visibility: "private", publishedAt: null });
  await change(creator.app, id, { visibility: "public" });
  const rejected = await decide(id, "reject", { reason: "spam", text: "Advertising." });
  expect(rejected.status).toBe(204);
  expect(await problemOf(await decide(id, "approve"))).toMatchObject({ code: "conflict" });
  expect((await change(creator.app, id, { visibility: "public" })).status).toBe(403);
  const [ruling] = (await ofVideo(creator.app, id)).rulings;
  expect(ruling).toMatchObject({ action: "reject", text: "Advertising.", canAppeal: true });
  await send(creator.app, "POST", `/v1/rulings/${ruling!.id}/appeal`, { text: "It is a film." });
  await send(admin.app, "POST", `/v1/admin/rulings/${ruling!.id}/verdict`, {
    verdict: "restored",
  });
  expect(await isVisible(id)).toBe(true);
});

test("neither an upload nor a schedule gets around the review", async () => {
  const creator = await newAccount("creator");
  const file = { filename: "x.mp4", size: 10, contentType: "video/mp4", visibility: "public" };
  const upload = await send(creator.app, "POST", "/v1/uploads", file);
  const { videoId } = await upload.json<UploadCreated>();
  const uploaded = await get<Video>(creator.app, `/v1/videos/${videoId}`);
  expect(uploaded.visibility).toBe("private");
  expect((await ofVideo(creator.app, videoId)).review?.state).toBe("waiting");
  // Moderators see it once it can be watched.
  expect(await isWaiting(videoId)).toBe(false);

  const id = await newVideo(creator.userId, { visibility: "private", publishedAt: null });
  const publishAt = new Date(Date.now() + 3_600_000).toISOString();
  expect((await change(creator.app, id, { publishAt })).status).toBe(200);
  expect(await isWaiting(id)).toBe(true);
  await followSchedules(strict, Date.now() + 7_200_000);
  expect(await isVisible(id)).toBe(false);
  await decide(id, "approve");
  expect(await isVisible(id)).toBe(true);

  // Making the video private removes it from the queue.
  const other = await newVideo(creator.userId, { visibility: "private" });
  await change(creator.app, other, { visibility: "public" });
  await change(creator.app, other, { visibility: "private" });
  expect(await isWaiting(other)).toBe(false);
});

test("until its creator is trusted, a reviewed file cannot be replaced by an unreviewed one", async () => {
  const creator = await newAccount("creator");
  const id = await newVideo(creator.userId, { state: "ready" });
  const file = { filename: "other.mp4", size: 10, contentType: "video/mp4" };
  const replace = () => send(creator.app, "POST", `/v1/videos/${id}/versions/upload`, file);
  expect(await problemOf(await replace())).toMatchObject({
    code: "forbidden",
    detail: expect.stringContaining("Moderators review"),
  });
  await send(admin.app, "PUT", `/v1/admin/creators/${creator.userId}/trust`, { trusted: true });
  expect((await replace()).status).toBe(201);
});
