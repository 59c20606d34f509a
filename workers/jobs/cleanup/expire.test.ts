import { eq } from "drizzle-orm";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { UploadCreated, PartUrls } from "../../contract/uploads.ts";
import { catalog } from "../../db/client.ts";
import { uploads, videos } from "../../db/schema.ts";
import { captionsKey, sourceKey, versionPrefix } from "../../media/storage-keys.ts";
import { call, newAccount, newVideo, problemOf } from "../../../tests/support/worker/api.ts";
import { expireRecords, expireUploads } from "./expire.ts";
import { purgeVideo } from "./purge.ts";

const file = { filename: "secret name.mp4", size: 3, contentType: "video/mp4" };
const statusOfPut = async (url: string) =>
  (await fetch(url, { method: "PUT", body: "abc" })).status;

async function openUpload() {
  const { app, userId } = await newAccount();
  const upload = UploadCreated.parse(await (await call(app, "POST", "/v1/uploads", file)).json());
  const urls = await call(app, "POST", `/v1/uploads/${upload.id}/parts`, { partNumbers: [1] });
  const url = PartUrls.parse(await urls.json()).parts[0]?.url ?? "";
  return { app, userId, upload, url };
}

test("an expired upload is ended with its parts and video deleted, and other uploads stay", async () => {
  const [expired, open] = [await openUpload(), await openUpload()];
  await catalog(env).update(uploads).set({ expiresAt: 1 }).where(eq(uploads.id, expired.upload.id));
  expect(
    (
      await problemOf(
        await call(expired.app, "POST", `/v1/uploads/${expired.upload.id}/parts`, {
          partNumbers: [1],
        }),
      )
    ).code,
  ).toBe("upload_closed");
  await expireUploads(env);

  expect(
    await (await call(expired.app, "GET", `/v1/uploads/${expired.upload.id}`)).json(),
  ).toMatchObject({
    state: "expired",
  });
  expect((await call(expired.app, "GET", `/v1/videos/${expired.upload.videoId}`)).status).toBe(404);
  expect(await statusOfPut(expired.url)).toBe(404);
  expect(await statusOfPut(open.url)).toBe(200);
  expect((await call(open.app, "GET", `/v1/videos/${open.upload.videoId}`)).status).toBe(200);
});

test("purging a deleted video leaves no object, no open upload and no text of its creator", async () => {
  const { app, upload, url } = await openUpload();
  const { id, videoId } = upload;
  const keys = [
    sourceKey(videoId, id),
    `${versionPrefix(videoId, 1)}h264-240/0.1/00000.m4s`,
    captionsKey(videoId, "en", 1),
  ];
  for (const key of keys) await env.MEDIA.put(key, "x");
  const other = await newVideo("another creator");
  await env.MEDIA.put(`${versionPrefix(other, 1)}x`, "x");

  await purgeVideo(env, videoId);
  expect(await env.MEDIA.head(keys[1] ?? "")).not.toBeNull();
  expect((await call(app, "DELETE", `/v1/videos/${videoId}`)).status).toBe(204);
  for (let repetition = 0; repetition < 2; repetition++) await purgeVideo(env, videoId);
  for (const key of keys) expect(await env.MEDIA.head(key)).toBeNull();
  expect(await env.MEDIA.head(`${versionPrefix(other, 1)}x`)).not.toBeNull();
  expect(await statusOfPut(url)).toBe(404);
  const db = catalog(env);
  expect(await db.select().from(videos).where(eq(videos.id, videoId)).get()).toMatchObject({
    title: "",
    sourceKey: null,
  });
  expect(await db.select().from(uploads).where(eq(uploads.id, id)).get()).toMatchObject({
    filename: "",
    state: "aborted",
  });
});

test("the records of an upload are deleted a week after its latest possible end, but never while it is open", async () => {
  const [ended, recent, open] = [await openUpload(), await openUpload(), await openUpload()];
  const db = catalog(env);
  const set = (id: string, change: Partial<typeof uploads.$inferInsert>) =>
    db.update(uploads).set(change).where(eq(uploads.id, id));
  await set(ended.upload.id, { state: "completed", expiresAt: 1 });
  await set(recent.upload.id, { state: "completed" });
  await set(open.upload.id, { expiresAt: 1 });
  await expireRecords(env);
  const statusOf = async ({ app, upload }: typeof ended) =>
    (await call(app, "GET", `/v1/uploads/${upload.id}`)).status;
  expect([await statusOf(ended), await statusOf(recent), await statusOf(open)]).toEqual([
    404, 200, 200,
  ]);
});
