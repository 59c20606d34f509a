import { eq } from "drizzle-orm";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import {
  OpenUploads,
  PartUrls,
  Upload,
  UploadCompleted,
  UploadCreated,
} from "../contract/uploads.ts";
import { catalog } from "../db/client.ts";
import { uploads, videos } from "../db/schema.ts";
import { transcodes } from "../db/transcoding-schema.ts";
import { sourceKey } from "../media/storage-keys.ts";
import { abortMultipart, completeMultipart } from "../media/s3.ts";
import {
  anonymous,
  call,
  newAccount,
  problemOf,
  type TestApp,
} from "../../tests/support/worker/api.ts";

const MIB = 1024 ** 2;
const file = { filename: "my_video.mp4", size: 20 * MIB, contentType: "video/mp4" };
const bytes = (length: number, value: number) => new Uint8Array(length).fill(value);

async function open(app: TestApp, input: Record<string, unknown> = file) {
  const response = await call(app, "POST", "/v1/uploads", input);
  expect(response.status).toBe(201);
  return UploadCreated.parse(await response.json());
}

async function urlOf(app: TestApp, id: string, partNumber: number): Promise<string> {
  const response = await call(app, "POST", `/v1/uploads/${id}/parts`, {
    partNumbers: [partNumber],
  });
  expect(response.status).toBe(200);
  return PartUrls.parse(await response.json()).parts[0]?.url ?? "";
}

const lengthOf = (upload: UploadCreated, size: number, partNumber: number) =>
  Math.min(upload.partSize, size - upload.partSize * (partNumber - 1));

async function send(app: TestApp, upload: UploadCreated, size: number, partNumber: number) {
  const body = bytes(lengthOf(upload, size, partNumber), partNumber);
  const stored = await fetch(await urlOf(app, upload.id, partNumber), { method: "PUT", body });
  expect(stored.status).toBe(200);
  const etag = stored.headers.get("etag") ?? "";
  const recorded = await call(app, "PUT", `/v1/uploads/${upload.id}/parts/${partNumber}`, { etag });
  expect(recorded.status).toBe(204);
  return etag;
}

async function sendAll(app: TestApp, upload: UploadCreated, size = file.size) {
  for (let part = 1; part <= upload.partCount; part++) await send(app, upload, size, part);
}

const complete = (app: TestApp, id: string) => call(app, "POST", `/v1/uploads/${id}/complete`);

test("a file is uploaded in parts, then the video is queued and its transcode starts", async () => {
  const { app, userId } = await newAccount();
  const upload = await open(app, { ...file, visibility: "public", tags: ["a"] });
  expect(upload).toMatchObject({ partSize: 8 * MIB, partCount: 3 });
  await sendAll(app, upload);
  const response = await complete(app, upload.id);
  expect(UploadCompleted.parse(await response.json())).toEqual({
    videoId: upload.videoId,
    state: "queued",
  });

  const key = sourceKey(upload.videoId, upload.id);
  const stored = await env.MEDIA.get(key);
  expect(stored?.size).toBe(file.size);
  const content = new Uint8Array((await stored?.arrayBuffer()) ?? new ArrayBuffer());
  expect([content[0], content[8 * MIB], content[file.size - 1]]).toEqual([1, 2, 3]);

  const db = catalog(env);
  const video = await db.select().from(videos).where(eq(videos.id, upload.videoId)).get();
  expect(video).toMatchObject({
    ownerId: userId,
    title: "my video",
    tags: ["a"],
    visibility: "public",
    state: "queued",
    sourceKey: key,
    sourceBytes: file.size,
  });
  expect(
    await db.select().from(transcodes).where(eq(transcodes.videoId, upload.videoId)),
  ).toHaveLength(1);
});

test("completing again gives the same response, even if the first attempt was not recorded", async () => {
  const { app } = await newAccount();
  const upload = await open(app);
  await sendAll(app, upload);
  const before = Upload.parse(await (await call(app, "GET", `/v1/uploads/${upload.id}`)).json());
  const db = catalog(env);
  const row = await db.select().from(uploads).where(eq(uploads.id, upload.id)).get();
  if (!row) throw new Error("no upload");
  // The storage joined the parts, then the Worker was stopped.
  expect(await completeMultipart(env, row.key, row.multipartId, before.parts)).toMatchObject({
    outcome: "completed",
  });

  for (let repetition = 0; repetition < 3; repetition++) {
    const response = await complete(app, upload.id);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ videoId: upload.videoId, state: "queued" });
  }
  expect(
    await db.select().from(transcodes).where(eq(transcodes.videoId, upload.videoId)),
  ).toHaveLength(1);
});

test("ten concurrent requests to complete get the same response, and one transcode starts", async () => {
  const { app } = await newAccount();
  const upload = await open(app, { ...file, size: 100 });
  await send(app, upload, 100, 1);
  const answers = await Promise.all(Array.from({ length: 10 }, () => complete(app, upload.id)));
  expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 10 }, () => 200));
  expect(
    await catalog(env).select().from(transcodes).where(eq(transcodes.videoId, upload.videoId)),
  ).toHaveLength(1);
});

test("an upload can be resumed: its recorded parts are listed, and a part sent again counts once", async () => {
  const { app } = await newAccount();
  const upload = await open(app);
  await send(app, upload, file.size, 2);
  const etag = await send(app, upload, file.size, 2);
  const resumed = Upload.parse(await (await call(app, "GET", `/v1/uploads/${upload.id}`)).json());
  expect(resumed).toMatchObject({ state: "open", parts: [{ partNumber: 2, etag }] });
  expect(await problemOf(await complete(app, upload.id))).toMatchObject({
    status: 422,
    code: "part_missing",
    detail: expect.stringContaining("1, 3"),
  });
});

test("open uploads are listed with the fingerprint of their file until they end", async () => {
  const { app } = await newAccount();
  const fingerprint = "0a".repeat(32);
  const upload = await open(app, { ...file, size: 100, fingerprint });
  const other = await open(app, file);
  const list = async (caller: TestApp) =>
    OpenUploads.parse(await (await call(caller, "GET", "/v1/uploads")).json());
  const { items, room } = await list(app);
  expect(items.map(({ id, size }) => [id, size])).toEqual(
    expect.arrayContaining([
      [upload.id, 100],
      [other.id, file.size],
    ]),
  );
  expect(items.find(({ id }) => id === upload.id)?.fingerprint).toBe(fingerprint);
  expect(room).toMatchObject({
    maxFileBytes: Number(env.MAX_UPLOAD_BYTES),
    usedBytes: file.size + 100,
  });
  await call(app, "DELETE", `/v1/uploads/${other.id}`);
  await send(app, upload, 100, 1);
  await complete(app, upload.id);
  expect((await list(app)).items).toEqual([]);
  expect((await list((await newAccount()).app)).items).toEqual([]);
});

test("a title derived for an API upload is never cut within a character", async () => {
  const { app } = await newAccount();
  const name = `${"x".repeat(199)}😀 holiday.mp4`;
  const { videoId } = await open(app, { ...file, filename: name });
  const video = await (await call(app, "GET", `/v1/videos/${videoId}`)).json();
  expect(video).toMatchObject({ title: "x".repeat(199) });
});

test("each kind of unacceptable file is refused with its own error code", async () => {
  const { app } = await newAccount();
  const refused = async (change: Partial<typeof file>) =>
    (await problemOf(await call(app, "POST", "/v1/uploads", { ...file, ...change }))).code;
  expect(await refused({ size: 0 })).toBe("empty_file");
  expect(await refused({ size: Number(env.MAX_UPLOAD_BYTES) + 1 })).toBe("file_too_large");
  expect(await refused({ filename: "a.png", contentType: "image/png" })).toBe("not_a_video_type");
  expect(await refused({ filename: "a", contentType: "" })).toBe("not_a_video_type");
  // The client cannot set what the server decides.
  for (const field of ["ownerId", "videoId", "key", "state", "partSize", "multipartId"]) {
    expect(await refused({ [field]: "x" })).toBe("invalid_request");
  }
});

test("files with unusual content types from browsers are accepted by their names", async () => {
  const { app } = await newAccount();
  for (const [filename, contentType] of [
    ["00001.MTS", ""],
    ["00001.m2ts", "application/octet-stream"],
    ["recording.ts", "text/vnd.trolltech.linguist"],
    ["clip.mxf", "application/octet-stream"],
    ["tape.dv", ""],
    ["stream.h265", "application/octet-stream"],
    ["MOV001.MOD", "audio/x-mod"],
  ]) {
    const upload = await open(app, { ...file, filename, contentType });
    expect((await call(app, "DELETE", `/v1/uploads/${upload.id}`)).status).toBe(204);
  }
});

test("open uploads count towards the quota, and a refused upload leaves nothing behind", async () => {
  const { app, userId } = await newAccount();
  const size = Number(env.MAX_UPLOAD_BYTES);
  const fitting = Math.floor(Number(env.QUOTA_BYTES) / size);
  const opened = await Promise.all(
    Array.from({ length: fitting + 3 }, () => call(app, "POST", "/v1/uploads", { ...file, size })),
  );
  const refused = opened.filter((answer) => answer.status !== 201);
  expect(refused.length).toBeGreaterThanOrEqual(3);
  for (const answer of refused) expect((await problemOf(answer)).code).toBe("quota_exceeded");
  const rows = await catalog(env).select().from(uploads).where(eq(uploads.ownerId, userId));
  expect(rows).toHaveLength(opened.length - refused.length);
});

test("a part URL accepts a part of its exact size, and nothing after completion", async () => {
  const { app } = await newAccount();
  const size = 100;
  const upload = await open(app, { ...file, size });
  const url = await urlOf(app, upload.id, 1);
  const put = async (target: string, length: number) =>
    (await fetch(target, { method: "PUT", body: bytes(length, 9) })).status;

  expect(await put(url, size - 1)).toBe(403);
  expect(await put(url, size + 1)).toBe(403);
  expect(await put(url.replace("partNumber=1", "partNumber=2"), size)).toBe(403);
  expect(await put(url.replace(upload.videoId, upload.id), size)).toBe(403);
  expect(await put(url.replace(/uploadId=[^&]+&/, ""), size)).toBe(403);
  await send(app, upload, size, 1);
  expect((await complete(app, upload.id)).status).toBe(200);
  expect(await put(url, size)).toBe(404);
  expect(
    (
      await problemOf(
        await call(app, "POST", `/v1/uploads/${upload.id}/parts`, { partNumbers: [1] }),
      )
    ).code,
  ).toBe("upload_closed");
});

test("missing parts and parts of a wrong size prevent completion", async () => {
  const { app } = await newAccount();
  const upload = await open(app, { ...file, size: 100 });
  await call(app, "PUT", `/v1/uploads/${upload.id}/parts/1`, {
    etag: '"0123456789abcdef0123456789abcdef"',
  });
  expect((await problemOf(await complete(app, upload.id))).code).toBe("part_missing");
  expect(
    (
      await problemOf(
        await call(app, "POST", `/v1/uploads/${upload.id}/parts`, { partNumbers: [2] }),
      )
    ).code,
  ).toBe("part_out_of_range");
  const row = await catalog(env).select().from(videos).where(eq(videos.id, upload.videoId)).get();
  expect(row?.state).toBe("uploading");

  // The storage lost the multipart upload and has a file of another size.
  const lost = await open(app, { ...file, size: 100 });
  await send(app, lost, 100, 1);
  const stored = await catalog(env).select().from(uploads).where(eq(uploads.id, lost.id)).get();
  await abortMultipart(env, stored?.key ?? "", stored?.multipartId ?? "");
  expect((await problemOf(await complete(app, lost.id))).code).toBe("part_size_mismatch");
  await env.MEDIA.put(stored?.key ?? "", bytes(99, 1));
  expect((await problemOf(await complete(app, lost.id))).code).toBe("upload_mismatch");
});

test("aborting deletes the parts and the video, can be repeated, and prevents completion", async () => {
  const { app } = await newAccount();
  const upload = await open(app);
  const url = await urlOf(app, upload.id, 1);
  expect((await call(app, "DELETE", `/v1/uploads/${upload.id}`)).status).toBe(204);
  expect((await call(app, "DELETE", `/v1/uploads/${upload.id}`)).status).toBe(204);
  expect((await fetch(url, { method: "PUT", body: bytes(8 * MIB, 1) })).status).toBe(404);
  expect((await problemOf(await complete(app, upload.id))).code).toBe("upload_closed");
});

test("the upload of another account is not found", async () => {
  const [owner, other] = await Promise.all([newAccount(), newAccount()]);
  const upload = await open(owner.app);
  const path = `/v1/uploads/${upload.id}`;
  for (const [method, suffix, body] of [
    ["GET", "", undefined],
    ["POST", "/parts", { partNumbers: [1] }],
    ["PUT", "/parts/1", { etag: "x" }],
    ["POST", "/complete", undefined],
    ["DELETE", "", undefined],
  ] as const) {
    expect((await problemOf(await call(other.app, method, path + suffix, body))).status).toBe(404);
    expect((await problemOf(await call(anonymous, method, path + suffix, body))).status).toBe(401);
  }
});
