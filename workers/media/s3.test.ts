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

const refused = (status: number, code: string) =>
  new Response(`<Error><Code>${code}</Code></Error>`, { status });
/** What stands between the Worker and the local storage, which does not fail by itself. */
const network = () => vi.spyOn(globalThis, "fetch");
afterEach(() => vi.restoreAllMocks());

/** An upload in the local storage with its one part. */
async function uploaded(key: string): Promise<{ id: string; parts: UploadedPart[] }> {
  const id = await createMultipart(env, key);
  const part = { key, multipartId: id, partNumber: 1, length: 4 };
  const { url } = await presignPart(env, part, 60);
  const { headers } = await fetch(url, { method: "PUT", body: "film" });
  return { id, parts: [{ partNumber: 1, etag: headers.get("etag") ?? "" }] };
}

test.each([
  ["gone", () => Promise.reject(new Error("Network connection lost."))],
  ["at fault", () => Promise.resolve(refused(500, "InternalError"))],
  ["busy, with a status of 200,", () => Promise.resolve(refused(200, "SlowDown"))],
])("a storage that is %s for a moment is asked again", async (_name, once) => {
  const key = newId();
  const { id, parts } = await uploaded(key);
  const fetch = network().mockImplementationOnce(once);
  expect(await completeMultipart(env, key, id, parts)).toMatchObject({ outcome: "completed" });
  expect(fetch).toHaveBeenCalledTimes(2);
  expect(await (await env.MEDIA.get(key))?.text()).toBe("film");
});

test("a storage that stays away is told of after three tries", async () => {
  const fetch = network().mockImplementation(async () => refused(503, "ServiceUnavailable"));
  await expect(createMultipart(env, "key")).rejects.toMatchObject({ code: "storage_unavailable" });
  expect(fetch).toHaveBeenCalledTimes(3);
});

test("an upload that is over, or has other parts, is an answer and no reason to ask again", async () => {
  const { id, parts } = await uploaded("film");
  const fetch = network();
  const other = [{ partNumber: 1, etag: "another" }];
  expect(await completeMultipart(env, "film", id, other)).toEqual({ outcome: "invalid-part" });
  await abortMultipart(env, "film", id);
  expect(await completeMultipart(env, "film", id, parts)).toEqual({ outcome: "gone" });
  expect(fetch).toHaveBeenCalledTimes(3);
});

test("what the storage refuses is told of at once", async () => {
  const fetch = network();
  const stranger = { ...env, S3_SECRET_ACCESS_KEY: "another" };
  await expect(createMultipart(stranger, "key")).rejects.toMatchObject({
    code: "storage_unavailable",
  });
  expect(fetch).toHaveBeenCalledTimes(1);
});
