import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { abortMultipart, completeMultipart } from "./s3.ts";

const OK = new Response(
  "<CompleteMultipartUploadResult><ETag>&quot;abc-2&quot;</ETag></CompleteMultipartUploadResult>",
);
const refused = (status: number, code: string) =>
  new Response(`<Error><Code>${code}</Code></Error>`, { status });

/** The storage answers so, one after the other, and then as the last time. */
function answers(...list: (Response | Error)[]) {
  const fetch = vi.fn<() => Promise<Response | undefined>>(async () => {
    const answer = list.length > 1 ? list.shift() : list[0];
    if (answer instanceof Error) throw answer;
    return answer?.clone();
  });
  vi.stubGlobal("fetch", fetch);
  return fetch;
}
afterEach(() => vi.unstubAllGlobals());

const complete = () => completeMultipart(env, "key", "upload", [{ partNumber: 1, etag: "a" }]);

test.each([
  ["is gone from the network for a moment", new Error("Network connection lost.")],
  ["has a fault of its own", refused(500, "InternalError")],
  ["says so with a status of 200", refused(200, "SlowDown")],
])("a storage that %s is asked again", async (_name, first) => {
  const fetch = answers(first, OK);
  expect(await complete()).toEqual({ outcome: "completed", etag: "abc-2" });
  expect(fetch).toHaveBeenCalledTimes(2);
});

test("a storage that stays away is told of after three tries", async () => {
  const fetch = answers(refused(503, "ServiceUnavailable"));
  await expect(complete()).rejects.toMatchObject({ code: "storage_unavailable" });
  expect(fetch).toHaveBeenCalledTimes(3);
});

test.each([
  ["NoSuchUpload", 404, "gone"],
  ["InvalidPart", 400, "invalid-part"],
  ["EntityTooSmall", 400, "invalid-size"],
])("%s is an answer, and no reason to ask again", async (code, status, outcome) => {
  const fetch = answers(refused(status, code));
  expect(await complete()).toEqual({ outcome });
  expect(fetch).toHaveBeenCalledTimes(1);
});

test("what the storage refuses is told of at once", async () => {
  const fetch = answers(refused(403, "AccessDenied"));
  await expect(abortMultipart(env, "key", "upload")).rejects.toMatchObject({
    code: "storage_unavailable",
  });
  expect(fetch).toHaveBeenCalledTimes(1);
});
