import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { newId } from "../../domain/id.ts";
import { MultipartCreated, MultipartPart } from "../../contract/task-storage.ts";
import { encryptSegment, newContentKey, openContentKey } from "../../media/content-key.ts";
import { serveTaskStorage } from "./task-storage.ts";
import { signTaskToken } from "./task-token.ts";

const video = newId();
const source = `sources/${video}/upload`;
const folder = `${video}/1/h264-360/0.1/`;
const access = { taskId: "task", attempt: 1, runner: "local-0", read: [source], write: [folder] };
const token = await signTaskToken(env.TASK_SECRET, access, 60);
await env.MEDIA.put(source, "0123456789", { httpMetadata: { contentType: "video/mp4" } });
await env.MEDIA.put(`sources/${video}/other`, "secret");

/** Uses the path of the URL, as all mounts do: the parser has removed its dot segments. */
function call(path: string, init: RequestInit = {}, withToken = token) {
  const request = new Request(`http://task-storage.internal/${withToken}/${path}`, init);
  return serveTaskStorage(request, env, new URL(request.url).pathname.slice(1), "local-0");
}
/** Reads the body as text, whatever its content type. */
const textOf = async (response: Response) => new TextDecoder().decode(await response.arrayBuffer());
function put(path: string, body: string, withToken = token) {
  return call(
    path,
    {
      method: "PUT",
      body,
      headers: { "content-length": String(body.length), "content-type": "video/mp4" },
    },
    withToken,
  );
}

describe("reading the input", () => {
  test.each([
    ["whole", undefined, 200, "0123456789", null],
    ["from a byte on", "bytes=7-", 206, "789", "bytes 7-9/10"],
    ["a range", "bytes=2-4", 206, "234", "bytes 2-4/10"],
    ["past the end", "bytes=8-99", 206, "89", "bytes 8-9/10"],
    ["the last bytes", "bytes=-3", 206, "789", "bytes 7-9/10"],
  ])("%s", async (_name, range, status, body, contentRange) => {
    const response = await call(source, range ? { headers: { range } } : {});
    expect(response.status).toBe(status);
    expect(response.headers.get("content-range")).toBe(contentRange);
    expect(response.headers.get("content-length")).toBe(String(body.length));
    expect(await textOf(response)).toBe(body);
  });

  test("a range beyond the end is refused", async () => {
    expect((await call(source, { headers: { range: "bytes=10-20" } })).status).toBe(416);
  });

  test("HEAD returns the headers without a body", async () => {
    const response = await call(source, { method: "HEAD" });
    expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([
      200,
      "video/mp4",
      "",
    ]);
  });

  test("an object that does not exist is not found", async () => {
    expect((await call(`${folder}00000.m4s`)).status).toBe(404);
  });
});

describe("writing outputs", () => {
  test("a segment is stored with its type, and can be read back", async () => {
    expect((await put(`${folder}00001.m4s`, "segment")).status).toBe(200);
    const stored = await env.MEDIA.get(`${folder}00001.m4s`);
    expect([await stored?.text(), stored?.httpMetadata?.contentType]).toEqual([
      "segment",
      "video/mp4",
    ]);
    expect(await textOf(await call(`${folder}00001.m4s`))).toBe("segment");
  });

  test("a large file is stored in parts", async () => {
    const key = `${folder}video.mp4`;
    const { uploadId } = MultipartCreated.parse(await (await call(key, { method: "POST" })).json());
    const size = 5 * 1024 * 1024;
    const bodies = ["a".repeat(size), "end"];
    const parts = [];
    for (const [index, body] of bodies.entries()) {
      const response = await put(
        `${key}?uploadId=${encodeURIComponent(uploadId)}&partNumber=${index + 1}`,
        body,
      );
      parts.push({ partNumber: index + 1, ...MultipartPart.parse(await response.json()) });
    }
    const end = `${key}?uploadId=${encodeURIComponent(uploadId)}`;
    const done = await call(end, { method: "POST", body: JSON.stringify({ parts }) });
    expect(done.status).toBe(200);
    expect((await env.MEDIA.head(key))?.size).toBe(size + 3);
  });

  test("a PUT of unknown length is refused, because R2 would refuse it", async () => {
    const body = new ReadableStream({ start: (controller) => controller.close() });
    expect((await call(`${folder}x`, { method: "PUT", body })).status).toBe(400);
  });
});

describe("for an encrypted video", async () => {
  const contentKey = await newContentKey(env);
  const encryptedToken = await signTaskToken(env.TASK_SECRET, { ...access, contentKey }, 60);

  test("a segment is encrypted with its number as the IV", async () => {
    expect((await put(`${folder}00007.m4s`, "a segment", encryptedToken)).status).toBe(200);
    const stored = await (await env.MEDIA.get(`${folder}00007.m4s`))?.arrayBuffer();
    const key = await openContentKey(env, contentKey);
    const expected = await encryptSegment(key, 7, new TextEncoder().encode("a segment"));
    expect(stored).toEqual(expected);
  });

  test("a repeated PUT stores the same bytes", async () => {
    const etag = async () =>
      MultipartPart.parse(await (await put(`${folder}00008.m4s`, "again", encryptedToken)).json())
        .etag;
    expect(await etag()).toBe(await etag());
  });

  test("the init segment and all other files are stored unencrypted", async () => {
    for (const name of ["init.mp4", "poster.jpg", "video.mp4"]) {
      expect((await put(`${folder}${name}`, "in the clear", encryptedToken)).status).toBe(200);
      expect(await (await env.MEDIA.get(`${folder}${name}`))?.text()).toBe("in the clear");
    }
  });
});

describe("a task may access only its own keys", () => {
  const foreign = [
    `sources/${video}/other`,
    `${source}.remuxed.1.1`,
    `${video}/1/h264-360/0.10/00000.m4s`,
    `${video}/1/h264-360/0.1`,
    `${folder}../0.2/00000.m4s`,
    `${folder}%2e%2e/0.2/00000.m4s`,
    `${newId()}/1/h264-360/0.1/00000.m4s`,
    "",
  ];
  test.each(foreign)("%s", async (path) => {
    expect((await call(path)).status).toBe(403);
    expect((await put(path, "x")).status).toBe(403);
  });

  test("a task may not write to its input", async () => {
    expect((await put(source, "x")).status).toBe(403);
    expect((await call(source, { method: "DELETE" })).status).toBe(403);
  });

  test.each(["PATCH", "OPTIONS"])("%s is not supported", async (method) => {
    expect((await call(source, { method })).status).toBe(405);
  });

  test("a token that is expired, altered or foreign is refused", async () => {
    const expired = await signTaskToken(env.TASK_SECRET, access, -1);
    const otherSecret = await signTaskToken("another secret that is long enough", access, 60);
    const none = `${btoa('{"alg":"none"}').replace(/=+$/, "")}.${token.split(".")[1]}.`;
    for (const bad of [expired, otherSecret, none, `${token}x`, "", "nonsense"]) {
      expect((await call(source, {}, bad)).status).toBe(403);
    }
  });
});

test("another runner cannot use the token of a task", async () => {
  const request = new Request(`http://task-storage.internal/${token}/${source}`);
  const path = new URL(request.url).pathname.slice(1);
  expect((await serveTaskStorage(request, env, path, "remote-1")).status).toBe(403);
});
