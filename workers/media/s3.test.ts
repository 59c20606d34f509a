import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { newId } from "../domain/id.ts";
import {
  abortMultipart,
  completeMultipart,
  createMultipart,
  presignPart,
  type UploadedPart,
} from "./s3.ts";

function errorResponse(status: number, code: string) {
  return new Response(`<Error><Code>${code}</Code></Error>`, { status });
}
/** The local storage never fails, so failures are put between it and the Worker. */
const spyOnFetch = () => vi.spyOn(globalThis, "fetch");
afterEach(() => vi.restoreAllMocks());

/** Opens an upload in the local storage and stores its only part. */
async function openUpload(key: string): Promise<{ id: string; parts: UploadedPart[] }> {
  const id = await createMultipart(env, key);
  const part = { key, multipartId: id, partNumber: 1, length: 4 };
  const { url } = await presignPart(env, part, 60);
  const { headers } = await fetch(url, { method: "PUT", body: "part" });
  return { id, parts: [{ partNumber: 1, etag: headers.get("etag") ?? "" }] };
}

test.each([
  ["unreachable", () => Promise.reject(new Error("Network connection lost."))],
  ["failing", () => Promise.resolve(errorResponse(500, "InternalError"))],
  ["busy, with a status of 200,", () => Promise.resolve(errorResponse(200, "SlowDown"))],
])("a request to a storage that is %s for a moment is repeated", async (_name, once) => {
  const key = newId();
  const { id, parts } = await openUpload(key);
  const fetch = spyOnFetch().mockImplementationOnce(once);
  expect(await completeMultipart(env, key, id, parts)).toMatchObject({ outcome: "completed" });
  expect(fetch).toHaveBeenCalledTimes(2);
  expect(await (await env.MEDIA.get(key))?.text()).toBe("part");
});

test("a storage that stays unavailable is reported after three attempts", async () => {
  const fetch = spyOnFetch().mockImplementation(async () =>
    errorResponse(503, "ServiceUnavailable"),
  );
  await expect(createMultipart(env, "key")).rejects.toMatchObject({ code: "storage_unavailable" });
  expect(fetch).toHaveBeenCalledTimes(3);
});

test("an upload that is gone, or has other parts, is a result and not repeated", async () => {
  const { id, parts } = await openUpload("video");
  const fetch = spyOnFetch();
  const other = [{ partNumber: 1, etag: "another" }];
  expect(await completeMultipart(env, "video", id, other)).toEqual({ outcome: "invalid-part" });
  await abortMultipart(env, "video", id);
  expect(await completeMultipart(env, "video", id, parts)).toEqual({ outcome: "gone" });
  expect(fetch).toHaveBeenCalledTimes(3);
});

test("a refusal by the storage is reported at once", async () => {
  const fetch = spyOnFetch();
  const wrongKey = { ...env, S3_SECRET_ACCESS_KEY: "another" };
  await expect(createMultipart(wrongKey, "key")).rejects.toMatchObject({
    code: "storage_unavailable",
  });
  expect(fetch).toHaveBeenCalledTimes(1);
});
