import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { UploadCreated } from "../contract/uploads.ts";
import { Duplicates } from "../contract/video-list.ts";
import { catalog } from "../db/client.ts";
import { noteSourceHash } from "../db/storage-checks.ts";
import {
  call,
  newAccount,
  newVideo,
  problemOf,
  type TestApp,
} from "../../tests/support/worker/api.ts";

const FINGERPRINT = "ab".repeat(32);
const SIZE = 5_000;
const beforeUpload = (fingerprint = FINGERPRINT, size = SIZE) =>
  `/v1/duplicates?fingerprint=${fingerprint}&size=${size}`;

async function found(app: TestApp, path: string): Promise<string[]> {
  const response = await call(app, "GET", path);
  expect(response.status).toBe(200);
  return Duplicates.parse(await response.json()).items.map(({ id }) => id);
}

test("a file that an account already has is recognised before it is uploaded again", async () => {
  const { app, userId } = await newAccount();
  const file = { filename: "a.mp4", size: SIZE, contentType: "video/mp4" };
  const created = await call(app, "POST", "/v1/uploads", { ...file, fingerprint: FINGERPRINT });
  const { videoId } = await created.json<UploadCreated>();
  // It is not a duplicate while it is being uploaded, because it is resumed.
  expect(await found(app, beforeUpload())).toEqual([]);
  await env.CATALOG.prepare("UPDATE videos SET source_bytes = ?, state = 'queued' WHERE id = ?")
    .bind(SIZE, videoId)
    .run();
  expect(await found(app, beforeUpload())).toEqual([videoId]);
  // The same beginning does not give the same fingerprint.
  expect(await found(app, beforeUpload(FINGERPRINT.slice(0, 63) + "0"))).toEqual([]);
  expect(await found(app, beforeUpload(FINGERPRINT, SIZE + 1))).toEqual([]);
  const other = await newAccount();
  expect(await found(other.app, beforeUpload())).toEqual([]);
  await newVideo(userId, { fingerprint: FINGERPRINT, sourceBytes: SIZE, deletedAt: 1 });
  expect(await found(app, beforeUpload())).toEqual([videoId]);
  // Nothing is refused.
  expect(
    (await call(app, "POST", "/v1/uploads", { ...file, fingerprint: FINGERPRINT })).status,
  ).toBe(201);
});

test("videos with the same content are found as duplicates, whatever their file names", async () => {
  const { app, userId } = await newAccount();
  const other = await newAccount();
  const ids = [await newVideo(userId), await newVideo(userId), await newVideo(other.userId)];
  const [first = "", second = "", foreign = ""] = ids;
  const db = catalog(env);
  const path = `/v1/videos/${first}/duplicates`;
  expect(await found(app, path)).toEqual([]);
  for (const id of ids) await noteSourceHash(db, id, "cd".repeat(32), 1);
  expect(await found(app, path)).toEqual([second]);
  expect(await found(other.app, `/v1/videos/${foreign}/duplicates`)).toEqual([]);
  expect((await problemOf(await call(other.app, "GET", path))).status).toBe(403);
  await call(app, "DELETE", `/v1/videos/${second}`);
  expect(await found(app, path)).toEqual([]);
});
