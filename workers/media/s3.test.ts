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
/**
 * The local storage never fails, so failures are put between it and the Worker.
 * @param key of the watched requests, since work of other tests may continue in this isolate
 * @param answers responses that replace the storage's, one after another
 * @returns the number of requests so far
 */
function watchRequests(key: string, answers: (() => Promise<Response>)[] = []): () => number {
  const storage = globalThis.fetch;
  let requests = 0;
  vi.spyOn(globalThis, "fetch").mockImplementation((input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    if (!url.includes(key)) return storage(input, init);
    return answers[requests++]?.() ?? storage(input, init);
  });
  return () => requests;
}
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
])("a request to storage that is briefly %s is repeated", async (_name, once) => {
  const key = newId();
  const { id, parts } = await openUpload(key);
  const requests = watchRequests(key, [once]);
  expect(await completeMultipart(env, key, id, parts)).toMatchObject({ outcome: "completed" });
  expect(requests()).toBe(2);
  expect(await (await env.MEDIA.get(key))?.text()).toBe("part");
});

test("storage that stays unavailable is reported after three attempts", async () => {
  const key = newId();
  const unavailable = async () => errorResponse(503, "ServiceUnavailable");
  const requests = watchRequests(
    key,
    Array.from({ length: 9 }, () => unavailable),
  );
  await expect(createMultipart(env, key)).rejects.toMatchObject({ code: "storage_unavailable" });
  expect(requests()).toBe(3);
});

test("an upload that is gone or has other parts is returned as a result and not retried", async () => {
  const key = newId();
  const { id, parts } = await openUpload(key);
  const requests = watchRequests(key);
  const other = [{ partNumber: 1, etag: "another" }];
  expect(await completeMultipart(env, key, id, other)).toEqual({ outcome: "invalid-part" });
  await abortMultipart(env, key, id);
  expect(await completeMultipart(env, key, id, parts)).toEqual({ outcome: "gone" });
  expect(requests()).toBe(3);
});

test("a refusal by the storage is reported without a retry", async () => {
  const key = newId();
  const requests = watchRequests(key);
  const wrongKey = { ...env, S3_SECRET_ACCESS_KEY: "another" };
  await expect(createMultipart(wrongKey, key)).rejects.toMatchObject({
    code: "storage_unavailable",
  });
  expect(requests()).toBe(1);
});
