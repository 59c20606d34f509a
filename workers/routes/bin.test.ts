import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { BinPage } from "../contract/bin.ts";
import { Timeline, Video } from "../contract/videos.ts";
import { catalog } from "../db/client.ts";
import { uploads } from "../db/schema.ts";
import { byteSize } from "../domain/byte-size.ts";
import { newId } from "../domain/id.ts";
import { emptyOldBins, purgeVideo } from "../jobs/cleanup/purge.ts";
import { sourceKey } from "../media/storage-keys.ts";
import { eraseBinned } from "../services/bin.ts";
import { relayOutbox } from "../services/outbox.ts";
import {
  anonymous,
  beginTranscode,
  call,
  newAccount,
  newVideo,
  problemOf,
  type TestApp,
} from "../../tests/support/worker/api.ts";

const DAY_MS = 86_400_000;

async function binOf(app: TestApp, query = ""): Promise<BinPage> {
  return BinPage.parse(await (await call(app, "GET", `/v1/bin${query}`)).json());
}

async function storedVideo(ownerId: string, change: Parameters<typeof newVideo>[1] = {}) {
  const id = await newVideo(ownerId, change);
  const key = sourceKey(id, "upload");
  await env.MEDIA.put(key, "the source");
  return { id, hasSource: async () => (await env.MEDIA.head(key)) !== null };
}

test("a deleted video is hidden from viewers and in its creator's bin, where it can be restored unchanged", async () => {
  const { app, userId } = await newAccount();
  const { id, hasSource } = await storedVideo(userId, { tags: ["a"], views: 7 });
  const before = Video.parse(await (await call(app, "GET", `/v1/videos/${id}`)).json());
  expect((await binOf(app)).items).toEqual([]);

  expect((await call(app, "DELETE", `/v1/videos/${id}`)).status).toBe(204);
  for (const caller of [app, anonymous])
    expect((await problemOf(await call(caller, "GET", `/v1/videos/${id}`))).status).toBe(404);
  expect(
    (await problemOf(await call(anonymous, "POST", `/v1/videos/${id}/playback`, {}))).status,
  ).toBe(404);
  const [binned] = (await binOf(app)).items;
  expect(binned).toMatchObject({ id, title: before.title });
  expect((await binOf(app)).retentionDays).toBe(Number(env.RETENTION_DAYS));
  const retention = Date.parse(binned?.erasedAt ?? "") - Date.parse(binned?.deletedAt ?? "");
  expect(retention).toBe(Number(env.RETENTION_DAYS) * DAY_MS);

  await purgeVideo(env, id);
  expect(await hasSource()).toBe(true);
  for (let repetition = 0; repetition < 2; repetition++) {
    const response = await call(app, "POST", `/v1/videos/${id}/restore`);
    const restored = Video.parse(await response.json());
    expect({ ...restored, updatedAt: "" }).toEqual({ ...before, updatedAt: "" });
  }
  expect((await binOf(app)).items).toEqual([]);
  expect((await call(anonymous, "GET", `/v1/videos/${id}`)).status).toBe(200);
});

test("a transcode pauses while its video is in the bin and continues when it is restored", async () => {
  const { app, userId } = await newAccount();
  const id = await newVideo(userId, { state: "queued", publishedAt: null });
  await beginTranscode(id, userId);
  const transcodeState = () =>
    env.CATALOG.prepare("SELECT state FROM transcodes WHERE video_id = ?")
      .bind(id)
      .first<string>("state");
  await env.CATALOG.prepare(
    "UPDATE tasks SET state = 'running', runner = 'container-900', attempt = 1 WHERE video_id = ?",
  )
    .bind(id)
    .run();

  await call(app, "DELETE", `/v1/videos/${id}`);
  expect(await transcodeState()).toBe("paused");
  await call(app, "POST", `/v1/videos/${id}/restore`);
  expect(await transcodeState()).toBe("active");
  const timeline = await call(app, "GET", `/v1/videos/${id}/jobs`);
  expect(Timeline.parse(await timeline.json()).items.map(({ state }) => state)).toEqual(["queued"]);
});

test("videos in the bin count towards the quota until it is emptied", async () => {
  const { app, userId } = await newAccount();
  const { id } = await storedVideo(userId, { sourceBytes: Number(env.QUOTA_BYTES) });
  const file = { filename: "a.mp4", size: 3, contentType: "video/mp4" };
  await call(app, "DELETE", `/v1/videos/${id}`);
  const refused = await problemOf(await call(app, "POST", "/v1/uploads", file));
  expect(refused.code).toBe("quota_exceeded");
  expect(refused.detail).toContain(`Your bin holds ${byteSize(Number(env.QUOTA_BYTES))}`);
  expect((await call(app, "DELETE", "/v1/bin")).status).toBe(204);
  expect((await call(app, "POST", "/v1/uploads", file)).status).toBe(201);
});

test("a bin with more videos than one call may erase is emptied through the queue", async () => {
  const { app, userId } = await newAccount();
  const count = 150;
  await env.CATALOG.prepare(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
     INSERT INTO videos (id, owner_id, title, created_at, updated_at, deleted_at, source_bytes)
     SELECT substr(?1, 1, 18) || printf('%04d', i), ?1, 'x', 1, 1, i, 2 FROM n`,
  )
    .bind(userId, count)
    .run();
  // Deleted after the bin was emptied, so it stays.
  const later = await newVideo(userId, { deletedAt: 10_000 });
  expect(await binOf(app)).toMatchObject({ bytes: 2 * count });

  await eraseBinned(env, { ownerId: userId, before: 10_000 }, 1);
  expect((await binOf(app, "?limit=100")).items).toHaveLength(51);
  await relayOutbox(env);
  await vi.waitFor(
    async () => expect((await binOf(app)).items.map(({ id }) => id)).toEqual([later]),
    { timeout: 100_000 },
  );
});

test("an erased video cannot be restored, and its file is deleted", async () => {
  const [creator, other] = [await newAccount(), await newAccount()];
  const erased = await storedVideo(creator.userId);
  const kept = await storedVideo(creator.userId);
  const live = await storedVideo(creator.userId);
  const foreign = await storedVideo(other.userId);
  for (const { id } of [erased, kept]) await call(creator.app, "DELETE", `/v1/videos/${id}`);
  await call(other.app, "DELETE", `/v1/videos/${foreign.id}`);

  const erase = (id: string) => call(creator.app, "DELETE", `/v1/bin/${id}`);
  expect((await problemOf(await erase(live.id))).code).toBe("conflict");
  expect((await problemOf(await erase(foreign.id))).code).toBe("not_found");
  expect((await erase(erased.id)).status).toBe(204);
  for (const { id } of [erased, kept, live, foreign]) await purgeVideo(env, id);
  expect(await erased.hasSource()).toBe(false);
  for (const video of [kept, live, foreign]) expect(await video.hasSource()).toBe(true);
  const restore = await call(creator.app, "POST", `/v1/videos/${erased.id}/restore`);
  expect((await problemOf(restore)).code).toBe("not_found");
  expect((await binOf(creator.app)).items.map(({ id }) => id)).toEqual([kept.id]);

  await call(creator.app, "DELETE", "/v1/bin");
  await purgeVideo(env, kept.id);
  expect(await kept.hasSource()).toBe(false);
  expect((await binOf(other.app)).items.map(({ id }) => id)).toEqual([foreign.id]);
});

test("only videos that are old enough are removed from the bin", async () => {
  const { app, userId } = await newAccount();
  const now = Date.now();
  const age = Number(env.RETENTION_DAYS) * DAY_MS;
  const old = await storedVideo(userId, { deletedAt: now - age - 1 });
  const young = await storedVideo(userId, { deletedAt: now - age + DAY_MS });
  expect((await binOf(app)).items.map(({ id }) => id)).toEqual([young.id, old.id]);
  await emptyOldBins(env, now);
  expect((await binOf(app)).items.map(({ id }) => id)).toEqual([young.id]);
  const messages = await env.CATALOG.prepare("SELECT body FROM outbox WHERE body LIKE ?")
    .bind(`%${old.id}%`)
    .all<{ body: string }>();
  expect(messages.results.map(({ body }) => JSON.parse(body))).toEqual([
    { kind: "purge-video", videoId: old.id },
  ]);
});

test("the bin is paginated", async () => {
  const { app, userId } = await newAccount();
  const now = Date.now();
  const ids = await Promise.all(
    [5, 4, 4, 2].map((later) => newVideo(userId, { deletedAt: now - 10 + later })),
  );
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page: BinPage = await binOf(app, `?limit=1${cursor ? `&cursor=${cursor}` : ""}`);
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor);
  expect(seen[0]).toBe(ids[0]);
  expect(seen.toSorted()).toEqual(ids.toSorted());
});

test("a video that is still being uploaded is erased at once", async () => {
  const { app, userId } = await newAccount();
  const videoId = await newVideo(userId, { state: "uploading", publishedAt: null });
  const upload = { id: newId(), videoId, ownerId: userId, filename: "a.mp4", size: 1 };
  await catalog(env)
    .insert(uploads)
    .values({
      ...upload,
      ...{
        contentType: "video/mp4",
        partSize: 1,
        partCount: 1,
        key: sourceKey(videoId, upload.id),
      },
      ...{ multipartId: "none", createdAt: Date.now(), expiresAt: Date.now() + DAY_MS },
    });
  await call(app, "DELETE", `/v1/videos/${videoId}`);
  expect((await binOf(app)).items).toEqual([]);
  const complete = await call(app, "POST", `/v1/uploads/${upload.id}/complete`);
  expect((await problemOf(complete)).code).toBe("upload_closed");
});
