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
  const api = { calls, stored, known: null as null | { state: string; parts: number[] } };
  const json = (body: unknown, status = 200) => Response.json(body, { status });
  const problem = (status: number, code: string) => json({ code, detail: code, status }, status);

  const fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const request = new Request(input, init);
    const path = new URL(request.url).pathname;
    const { method } = request;
    calls.push({ method, path });
    if (method === "POST" && path === "/v1/uploads")
      return json(
        { id: "u2", videoId: "v2", partSize: PART_SIZE, partCount: 3, expiresAt: "" },
        201,
      );
    if (method === "POST" && path.endsWith("/parts")) {
      const { partNumbers } = (await request.json()) as { partNumbers: number[] };
      const parts = partNumbers.map((partNumber) => ({
        partNumber,
        url: `https://storage/${partNumber}`,
        headers: {},
      }));
      return json({ parts });
    }
    if (method === "POST" && path.endsWith("/complete"))
      return json({ videoId: "v2", state: "queued" });
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
    send(body: Blob) {
      stored.push(`${this.#url} ${body.size}`);
      queueMicrotask(() => this.onload?.());
    }
  }
  vi.stubGlobal("fetch", fetch);
  vi.stubGlobal("XMLHttpRequest", StorageRequest);
  return api;
}

function sourceFile(): File {
  return new File([new Uint8Array(SIZE)], "source.mp4", { type: "video/mp4", lastModified: 1 });
}

/** Uppy with the plugin and one file; `meta` as the recovery plugin would have stored it. */
async function chooseFile(meta: UploadMeta = {}) {
  const { MultipartUploader } = await import("./multipart-uploader.ts");
  const uppy = new Uppy<UploadMeta, Body>().use(MultipartUploader);
  const data = sourceFile();
  uppy.addFile({ name: "source.mp4", type: "video/mp4", data, meta });
  return uppy;
}

beforeEach(() => {
  vi.stubGlobal("location", { origin: "http://localhost:8788" });
  // Node has no localStorage unless it is given a file for it.
  const items = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => items.set(key, value),
    removeItem: (key: string) => items.delete(key),
  });
});
afterEach(() => vi.unstubAllGlobals());

test("a new file is announced, sent in equal parts, recorded and completed", async () => {
  const api = fakeApi();
  const uppy = await chooseFile();
  const result = await uppy.upload();
  expect(result?.successful?.[0]?.meta).toMatchObject({ uploadId: "u2", videoId: "v2" });
  expect(api.stored.toSorted()).toEqual([
    "https://storage/1 10",
    "https://storage/2 10",
    "https://storage/3 5",
  ]);
  expect(api.calls.filter((call) => call.method === "PUT")).toHaveLength(3);
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

/** Uppy after a reload, with the file as the recovery plugin stored it before the upload started. */
async function restore() {
  const { removeCompletedUpload } = await import("./upload-recovery.ts");
  const uppy = new Uppy<UploadMeta, Body>();
  removeCompletedUpload(uppy);
  const data = sourceFile();
  const id = uppy.addFile({ name: "source.mp4", type: "video/mp4", data });
  return { uppy, id };
}

test.each([
  ["has arrived", { state: "completed", parts: [1, 2, 3] }, 0],
  ["is still uploading", { state: "open", parts: [1] }, 1],
])(
  "a file that %s is recognized after a reload, although the recovery plugin stored it too early",
  async (_name, known, remaining) => {
    const api = fakeApi();
    const sent = await chooseFile();
    await sent.upload();
    api.known = known;
    const record = localStorage.getItem("kinora.draft.upload");
    const { uppy, id } = await restore();
    // Adding the file cleared the record, as choosing one does; the recovery plugin does not add files.
    localStorage.setItem("kinora.draft.upload", record ?? "");
    uppy.setFileState(id, { isRestored: true });
    uppy.emit("restored", {});
    expect(uppy.getFile(id).meta.unconfirmed).toBe(true);
    await vi.waitFor(() => {
      expect(api.calls.at(-1)).toEqual({ method: "GET", path: "/v1/uploads/u2" });
      expect(uppy.getFiles()).toHaveLength(remaining);
    });
    for (const { meta } of uppy.getFiles())
      expect(meta).toMatchObject({ uploadId: "u2", unconfirmed: false });
  },
);

test("choosing the same file again starts a new upload", async () => {
  const api = fakeApi();
  await (await chooseFile()).upload();
  api.known = { state: "completed", parts: [1, 2, 3] };
  const { uppy, id } = await restore();
  uppy.setFileState(id, { isRestored: true });
  uppy.emit("restored", {});
  await new Promise(setImmediate);
  expect(api.calls.filter((call) => call.method === "GET")).toEqual([]);
  expect(uppy.getFiles()).toHaveLength(1);
});
