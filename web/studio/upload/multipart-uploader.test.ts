import { type Body, Uppy } from "@uppy/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { UploadMeta } from "./multipart-uploader.ts";

const SIZE = 25;
const PART_SIZE = 10;

interface Call {
  method: string;
  path: string;
}

/** The API's upload calls in memory. `known` is what `GET /v1/uploads/{id}` returns. */
function fakeApi() {
  const calls: Call[] = [];
  const stored: string[] = [];
  const api = {
    calls,
    stored,
    known: null as null | { state: string; parts: number[] },
    /** What `GET /v1/uploads` lists. */
    open: [] as { id: string; size: number; fingerprint: string | null }[],
    /** Idempotency keys of creations. */
    keys: [] as (string | null)[],
    /** How many of the next create requests get no response. */
    lostCreations: 0,
    /** The parts that the last request to complete an upload had. */
    completedWith: [] as unknown[],
    /** The largest number of parts that were sent at once, and the kinds of their bodies. */
    mostAtOnce: 0,
    bodies: new Set<string>(),
  };
  let atOnce = 0;
  const json = (body: unknown, status = 200) => Response.json(body, { status });
  const problem = (status: number, code: string) => json({ code, detail: code, status }, status);

  const fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const request = new Request(input, init);
    const path = new URL(request.url).pathname;
    const { method } = request;
    calls.push({ method, path });
    if (method === "GET" && path === "/v1/uploads") return json({ items: api.open, room: {} });
    if (method === "POST" && path === "/v1/uploads") {
      api.keys.push(request.headers.get("idempotency-key"));
      if (api.lostCreations-- > 0) throw new TypeError("network");
      return json(
        { id: "u2", videoId: "v2", partSize: PART_SIZE, partCount: 3, expiresAt: "" },
        201,
      );
    }
    if (method === "POST" && path.endsWith("/parts")) {
      const { partNumbers } = (await request.json()) as { partNumbers: number[] };
      const parts = partNumbers.map((partNumber) => ({
        partNumber,
        url: `https://storage/${partNumber}`,
        headers: {},
      }));
      return json({ parts });
    }
    if (method === "POST" && path.endsWith("/complete")) {
      api.completedWith = ((await request.json()) as { parts: unknown[] }).parts;
      return json({ videoId: "v2", state: "queued" });
    }
    if (method === "GET" && api.known) {
      const parts = api.known.parts.map((partNumber) => ({ partNumber, etag: "e" }));
      return json({
        id: "u1",
        videoId: "v1",
        size: SIZE,
        partSize: PART_SIZE,
        state: api.known.state,
        parts,
      });
    }
    if (method === "GET") return problem(404, "not_found");
    return new Response(null, { status: 204 });
  };

  class StorageRequest {
    upload: { onprogress: ((event: { loaded: number }) => void) | null } = { onprogress: null };
    onload: (() => void) | null = null;
    onabort: (() => void) | null = null;
    status = 200;
    #url = "";
    open(_method: string, url: string) {
      this.#url = url;
    }
    setRequestHeader() {}
    getResponseHeader = () => '"etag"';
    abort() {
      this.onabort?.();
    }
    send(body: ArrayBuffer) {
      stored.push(`${this.#url} ${body.byteLength}`);
      api.bodies.add(body.constructor.name);
      api.mostAtOnce = Math.max(api.mostAtOnce, ++atOnce);
      setTimeout(() => {
        atOnce--;
        this.onload?.();
      });
    }
  }
  vi.stubGlobal("fetch", fetch);
  vi.stubGlobal("XMLHttpRequest", StorageRequest);
  return api;
}

function sourceFile(): File {
  return new File([new Uint8Array(SIZE)], "source.mp4", { type: "video/mp4", lastModified: 1 });
}

/** Uppy with the plugin and one file; `meta` as the queue knows it. */
async function chooseFile(meta: UploadMeta = {}) {
  const { MultipartUploader } = await import("./multipart-uploader.ts");
  const uppy = new Uppy<UploadMeta, Body>().use(MultipartUploader);
  const data = sourceFile();
  uppy.addFile({ name: "source.mp4", type: "video/mp4", data, meta });
  return uppy;
}

beforeEach(() => {
  vi.stubGlobal("location", { origin: "http://localhost:8788" });
  vi.stubGlobal("navigator", { onLine: true });
});
afterEach(() => vi.unstubAllGlobals());

test("a new file is announced, sent in equal parts, recorded and completed with the last part", async () => {
  const api = fakeApi();
  const uppy = await chooseFile();
  const result = await uppy.upload();
  expect(result?.successful?.[0]?.meta).toMatchObject({ uploadId: "u2", videoId: "v2" });
  expect(api.stored.toSorted()).toEqual([
    "https://storage/1 10",
    "https://storage/2 10",
    "https://storage/3 5",
  ]);
  expect(api.calls.filter((call) => call.method === "PUT")).toHaveLength(2);
  expect(api.completedWith).toEqual([expect.objectContaining({ etag: '"etag"' })]);
  expect(api.calls.at(-1)).toEqual({ method: "POST", path: "/v1/uploads/u2/complete" });
});

test("after a reload only the missing parts are sent", async () => {
  const api = fakeApi();
  api.known = { state: "open", parts: [1, 3] };
  const uppy = await chooseFile({ uploadId: "u1", videoId: "v1" });
  await uppy.upload();
  expect(api.stored).toEqual(["https://storage/2 10"]);
  expect(api.calls.at(-1)?.path).toBe("/v1/uploads/u1/complete");
});

test("an upload that was completed before the reload is not sent again", async () => {
  const api = fakeApi();
  api.known = { state: "completed", parts: [1, 2, 3] };
  const uppy = await chooseFile({ uploadId: "u1", videoId: "v1" });
  const result = await uppy.upload();
  expect(result?.successful).toHaveLength(1);
  expect(api.calls.map((call) => call.method)).toEqual(["GET"]);
});

test.each([
  ["is unknown to the server", null],
  ["has expired", { state: "expired", parts: [1] }],
])("an upload that %s starts again", async (_name, known) => {
  const api = fakeApi();
  api.known = known;
  const uppy = await chooseFile({ uploadId: "u1", videoId: "v1" });
  const result = await uppy.upload();
  expect(result?.successful?.[0]?.meta.uploadId).toBe("u2");
  expect(api.stored).toHaveLength(3);
});

test("an error of the API becomes the error of the file", async () => {
  fakeApi();
  vi.stubGlobal("fetch", async () =>
    Response.json({ code: "quota_exceeded", detail: "The quota is used up." }, { status: 422 }),
  );
  const uppy = await chooseFile();
  const result = await uppy.upload();
  expect(result?.failed?.[0]?.error).toBe("The quota is used up.");
});

test("an upload that another device has started is resumed for the same file", async () => {
  const api = fakeApi();
  api.open = [
    { id: "other", size: SIZE, fingerprint: "b" },
    { id: "u1", size: SIZE, fingerprint: "a" },
  ];
  api.known = { state: "open", parts: [1, 3] };
  const uppy = await chooseFile({ fingerprint: "a" });
  const result = await uppy.upload();
  expect(result?.successful?.[0]?.meta.uploadId).toBe("u1");
  expect(api.stored).toEqual(["https://storage/2 10"]);
});

test("a create request whose response was lost is repeated with the same key", async () => {
  const api = fakeApi();
  api.lostCreations = 1;
  const uppy = await chooseFile({ fingerprint: "a" });
  const result = await uppy.upload();
  expect(result?.successful).toHaveLength(1);
  expect(api.keys).toHaveLength(2);
  expect(new Set(api.keys).size).toBe(1);
});

test("parts are sent as array buffers, a few at a time regardless of the number of files", async () => {
  const api = fakeApi();
  const uppy = await chooseFile();
  for (const name of ["b.mp4", "c.mp4"])
    uppy.addFile({ name, type: "video/mp4", data: sourceFile(), meta: { relativePath: name } });
  const result = await uppy.upload();
  expect(result?.successful).toHaveLength(3);
  expect([...api.bodies]).toEqual(["ArrayBuffer"]);
  expect(api.stored).toHaveLength(9);
  expect(api.mostAtOnce).toBe(4);
});

test("a file that has changed since it was chosen is reported and not sent", async () => {
  const api = fakeApi();
  const uppy = await chooseFile();
  const [file] = uppy.getFiles();
  vi.spyOn(file!.data as File, "slice").mockReturnValue({
    arrayBuffer: () => Promise.reject(new DOMException("changed", "NotReadableError")),
  } as Blob);
  const result = await uppy.upload();
  expect(result?.failed?.[0]?.error).toContain("moved, changed or deleted");
  expect(result?.failed?.[0]?.meta.errorCode).toBe("file_unreadable");
  expect(api.stored).toEqual([]);
});
