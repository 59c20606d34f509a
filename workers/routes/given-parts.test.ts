import { eq } from "drizzle-orm";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { PartUrls, Upload, UploadCreated } from "../contract/uploads.ts";
import { catalog } from "../db/client.ts";
import { uploads } from "../db/schema.ts";
import { completeMultipart, type UploadedPart } from "../media/s3.ts";
import { call, newAccount, problemOf, type TestApp } from "../../tests/support/worker/api.ts";

const MIB = 1024 ** 2;
const size = 17 * MIB;

/** An upload whose three parts are stored, but not recorded, and the path that completes it. */
async function storedUpload(app: TestApp) {
  const file = { filename: "my_video.mp4", size, contentType: "video/mp4" };
  const upload = UploadCreated.parse(await (await call(app, "POST", "/v1/uploads", file)).json());
  const path = `/v1/uploads/${upload.id}`;
  const signed = await call(app, "POST", `${path}/parts`, { partNumbers: [3, 1, 2] });
  const parts: UploadedPart[] = [];
  for (const { partNumber, url } of PartUrls.parse(await signed.json()).parts) {
    const length = Math.min(upload.partSize, size - upload.partSize * (partNumber - 1));
    const body = new Uint8Array(length).fill(partNumber);
    const stored = await fetch(url, { method: "PUT", body });
    parts.push({ partNumber, etag: stored.headers.get("etag") ?? "" });
  }
  return { upload, path, parts };
}

test("an upload is completed with ETags that the client did not record, and again without them", async () => {
  const { app } = await newAccount();
  const { upload, path: uploadPath, parts } = await storedUpload(app);
  const path = `${uploadPath}/complete`;
  const refusal = async (json?: unknown) => problemOf(await call(app, "POST", path, json));
  const missing = { status: 422, code: "part_missing", detail: expect.stringContaining("1, 2, 3") };
  expect(await refusal()).toMatchObject(missing);
  // Some clients declare JSON with every request.
  const json = { "content-type": "application/json" };
  const empty = await call(app, "POST", path, undefined, json);
  expect(await problemOf(empty)).toMatchObject(missing);
  expect(await refusal({ parts: parts.slice(1) })).toMatchObject({
    code: "part_missing",
    detail: expect.stringContaining("1 of 3 parts are missing: 3."),
  });
  expect(await refusal({ parts: [...parts, { partNumber: 4, etag: "a" }] })).toMatchObject({
    code: "part_out_of_range",
  });
  expect(await refusal({ parts: [...parts, parts[0]] })).toMatchObject({ code: "invalid_request" });

  const db = catalog(env);
  const row = await db.select().from(uploads).where(eq(uploads.id, upload.id)).get();
  const sorted = parts.toSorted((left, right) => left.partNumber - right.partNumber);
  // The storage joined the given parts, then the Worker was stopped: the client need not know them any more.
  await completeMultipart(env, row?.key ?? "", row?.multipartId ?? "", sorted);
  for (const body of [undefined, { parts }, {}]) {
    const response = await call(app, "POST", path, body);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ videoId: upload.videoId, state: "queued" });
  }
  expect((await env.MEDIA.head(row?.key ?? ""))?.size).toBe(size);
});

test("a wrong ETag is named, and the right one completes the upload", async () => {
  const { app } = await newAccount();
  const { upload, path, parts } = await storedUpload(app);
  for (const { partNumber, etag } of parts)
    await call(app, "PUT", `${path}/parts/${partNumber}`, { etag });
  const wrong = { partNumber: 2, etag: '"0123456789abcdef0123456789abcdef"' };
  const complete = (given: UploadedPart[]) =>
    call(app, "POST", `${path}/complete`, { parts: given });
  expect(await problemOf(await complete([wrong]))).toMatchObject({
    status: 422,
    code: "part_missing",
    detail: expect.stringContaining("does not have part 2"),
  });
  const listed = Upload.parse(await (await call(app, "GET", path)).json()).parts;
  const response = await complete(listed.filter(({ partNumber }) => partNumber === 2));
  expect(await response.json()).toEqual({ videoId: upload.videoId, state: "queued" });
});
