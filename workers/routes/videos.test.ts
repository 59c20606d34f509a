import { eq } from "drizzle-orm";
import { env, exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { SourceInfo } from "../contract/source.ts";
import { Timeline, Video, VideoPage } from "../contract/videos.ts";
import { catalog } from "../db/client.ts";
import { videos } from "../db/schema.ts";
import { tasks, transcodes } from "../db/transcoding-schema.ts";
import {
  anonymous,
  beginTranscode,
  call,
  HIDDEN,
  newAccount,
  newVideo,
  problemOf,
  type TestApp,
} from "../../tests/support/worker/api.ts";

const get = async (app: TestApp, id: string) =>
  Video.parse(await (await call(app, "GET", `/v1/videos/${id}`)).json());
async function list(app: TestApp, query: string) {
  const response = await call(app, "GET", `/v1/videos?${query}`);
  expect(response.status).toBe(200);
  return VideoPage.parse(await response.json());
}
const rowOf = async (id: string) =>
  catalog(env).select().from(videos).where(eq(videos.id, id)).get();

test("everyone can see public and unlisted videos once they can be watched", async () => {
  const owner = await newAccount();
  for (const change of [{}, { visibility: "unlisted" }, { state: "playable" }] as const) {
    const id = await newVideo(owner.userId, change);
    expect(await get(anonymous, id)).toMatchObject({
      id,
      creator: { id: owner.userId, name: `Name of ${owner.userId}` },
    });
  }
});

test("private, unfinished, failed and deleted videos are not found for others in any operation", async () => {
  const [owner, other] = await Promise.all([newAccount(), newAccount()]);
  for (const change of HIDDEN) {
    const id = await newVideo(owner.userId, change);
    for (const [method, suffix, body] of [
      ["GET", ""],
      ["PATCH", "", { title: "mine now" }],
      ["DELETE", ""],
      ["GET", "/jobs"],
      ["POST", "/retry"],
      ["PUT", "/poster", { at: 1 }],
    ] as const) {
      expect(
        (await problemOf(await call(other.app, method, `/v1/videos/${id}${suffix}`, body))).code,
      ).toBe("not_found");
    }
    expect((await problemOf(await call(anonymous, "GET", `/v1/videos/${id}`))).code).toBe(
      "not_found",
    );
    const own = await call(owner.app, "GET", `/v1/videos/${id}`);
    expect(own.status).toBe("deletedAt" in change ? 404 : 200);
  }
});

test("a visible video of another account can be seen but not changed", async () => {
  const [owner, other, viewer] = await Promise.all([
    newAccount(),
    newAccount(),
    newAccount("viewer"),
  ]);
  const id = await newVideo(owner.userId);
  for (const { app } of [other, viewer]) {
    expect(
      (await problemOf(await call(app, "PATCH", `/v1/videos/${id}`, { title: "x" }))).status,
    ).toBe(403);
    expect((await problemOf(await call(app, "DELETE", `/v1/videos/${id}`))).status).toBe(403);
    expect((await problemOf(await call(app, "GET", `/v1/videos/${id}/jobs`))).status).toBe(403);
  }
});

test("an admin may change any video", async () => {
  const [owner, admin] = await Promise.all([newAccount(), newAccount("admin")]);
  const id = await newVideo(owner.userId, { visibility: "private" });
  expect((await call(admin.app, "PATCH", `/v1/videos/${id}`, { title: "Moderated" })).status).toBe(
    200,
  );
});

test("the creator can change the video's details, and nothing else", async () => {
  const { app, userId } = await newAccount();
  const id = await newVideo(userId, { visibility: "private", publishedAt: null });
  const before = await rowOf(id);
  const change = {
    title: "  New  ",
    description: "d",
    category: "film",
    tags: ["a", "b"],
    language: "de-CH",
    visibility: "public",
  };
  const response = await call(app, "PATCH", `/v1/videos/${id}`, change);
  expect(await response.json()).toMatchObject({ ...change, title: "New" });
  const after = await rowOf(id);
  expect(after?.revision).toBe((before?.revision ?? 0) + 1);
  expect(after?.publishedAt).not.toBeNull();

  for (const field of [
    "id",
    "ownerId",
    "state",
    "views",
    "publishedAt",
    "sourceKey",
    "role",
    "creator",
    "__proto__",
    "errorCode",
  ]) {
    const answer = await call(app, "PATCH", `/v1/videos/${id}`, `{"title":"x","${field}":"ready"}`);
    expect((await problemOf(answer)).code).toBe("invalid_request");
  }
  expect((await rowOf(id))?.title).toBe("New");
});

test("a video keeps the time it was first published", async () => {
  const { app, userId } = await newAccount();
  const id = await newVideo(userId, { publishedAt: 1000 });
  await call(app, "PATCH", `/v1/videos/${id}`, { visibility: "private" });
  await call(app, "PATCH", `/v1/videos/${id}`, { visibility: "public" });
  expect((await rowOf(id))?.publishedAt).toBe(1000);
  const draft = await newVideo(userId, {
    state: "processing",
    visibility: "private",
    publishedAt: null,
  });
  await call(app, "PATCH", `/v1/videos/${draft}`, { visibility: "public" });
  expect((await rowOf(draft))?.publishedAt).toBeNull();
});

test("a deleted video disappears at once", async () => {
  const { app, userId } = await newAccount();
  const id = await newVideo(userId);
  expect((await call(app, "DELETE", `/v1/videos/${id}`)).status).toBe(204);
  expect((await problemOf(await call(app, "GET", `/v1/videos/${id}`))).code).toBe("not_found");
  expect((await problemOf(await call(app, "DELETE", `/v1/videos/${id}`))).code).toBe("not_found");
  expect((await list(anonymous, `creator=${userId}`)).items).toEqual([]);
  expect((await list(app, "creator=me")).items).toEqual([]);
});

test("the timeline lists every task, and only a failed video can be retried", async () => {
  const { app, userId } = await newAccount();
  const id = await newVideo(userId, { state: "processing", sourceKey: "sources/x/y" });
  await beginTranscode(id, userId);
  const jobs = Timeline.parse(await (await call(app, "GET", `/v1/videos/${id}/jobs`)).json());
  expect(jobs.items).toMatchObject([
    { kind: "plan", name: "plan", state: "queued", attempts: 0, error: null },
  ]);
  expect((await problemOf(await call(app, "POST", `/v1/videos/${id}/retry`))).code).toBe(
    "conflict",
  );

  await catalog(env)
    .update(videos)
    .set({ state: "failed", errorCode: "damaged" })
    .where(eq(videos.id, id));
  const retried = Video.parse(await (await call(app, "POST", `/v1/videos/${id}/retry`)).json());
  expect(retried).toMatchObject({ state: "queued", error: null });
  expect((await rowOf(id))?.version).toBe(2);
});

test("a frame can be chosen as the poster once the video is probed, also when the transcode is done", async () => {
  const { app, userId } = await newAccount();
  const id = await newVideo(userId, { sourceKey: "sources/x/y" });
  const pick = (at: number) => call(app, "PUT", `/v1/videos/${id}/poster`, { at });
  expect((await problemOf(await pick(3))).code).toBe("conflict");
  await beginTranscode(id, userId);
  const db = catalog(env);
  await db.update(tasks).set({ state: "done" }).where(eq(tasks.videoId, id));
  const plan = {
    source: { demuxer: "mov" } as SourceInfo,
    grid: {
      frameRate: { num: 25, den: 1 },
      framesPerSegment: 100,
      totalFrames: 1,
      segmentCount: 1,
    },
    renditions: [],
    tasks: [],
  };
  await db.update(transcodes).set({ state: "done", plan }).where(eq(transcodes.videoId, id));
  expect((await problemOf(await pick(60))).code).toBe("invalid_request");
  expect((await pick(12.5)).status).toBe(202);
  const added = await db.select().from(tasks).where(eq(tasks.videoId, id));
  expect(added.map((task) => task.spec)).toContainEqual(
    expect.objectContaining({ kind: "images", posterAt: 12.5 }),
  );
  expect(await db.select().from(transcodes).where(eq(transcodes.videoId, id)).get()).toMatchObject({
    state: "active",
    stage: "extras",
  });
});

test("the poster of a private video has a token that opens only images", async () => {
  const { app, userId } = await newAccount();
  const posterPath = "files/images.1/poster.jpg";
  const id = await newVideo(userId, { visibility: "private", posterPath });
  for (const path of [posterPath, "h264-240/0.1/00000.m4s"])
    await env.MEDIA.put(`${id}/1/${path}`, "bytes");
  const poster = (await get(app, id)).poster ?? "";
  const fetchStatus = async (path: string) => {
    const response = await exports.default.fetch(env.PUBLIC_ORIGIN + path);
    await response.body?.cancel();
    return response.status;
  };
  expect(await fetchStatus(poster)).toBe(200);
  expect(await fetchStatus(poster.replace(posterPath, "h264-240/0.1/00000.m4s"))).toBe(403);
  expect((await list(app, "creator=me")).items[0]?.poster).toMatch(/^\/media\//);
});
