import { eq } from "drizzle-orm";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { call, newAccount, problemOf } from "../../../tests/support/worker/api.ts";
import {
  FILE_SERVER,
  type ServedFile,
  serveFiles,
} from "../../../tests/support/worker/file-server.ts";
import { OpenUploads, Upload, UploadFromUrlCreated } from "../../contract/uploads.ts";
import { catalog } from "../../db/client.ts";
import { uploads, videos } from "../../db/schema.ts";
import { uploadLinks } from "../../db/upload-link-schema.ts";
import { LIMITS } from "../../domain/limits.ts";
import { newId } from "../../domain/id.ts";
import { sourceKey } from "../../media/storage-keys.ts";
import { Duplicates } from "../../contract/video-list.ts";
import { hashSource } from "../storage/hash-source.ts";
import { readLink, resumeLinks } from "./read-link.ts";

const MIB = 1024 ** 2;
const PART_BYTES = 8 * MIB;
const HOUR_MS = 3_600_000;
const db = catalog(env);
/** The tests deliver messages themselves, so that none is handled in the background. */
const queue = { send: async () => {}, sendBatch: async () => {} } as unknown as Queue;
const bindings: Env = { ...env, CHECKSUMS: queue };

type Account = Awaited<ReturnType<typeof newAccount>>;
let server: ReturnType<typeof serveFiles>;
beforeAll(() => (server = serveFiles()));
afterAll(() => vi.unstubAllGlobals());

/** A file that begins like an MP4 and whose bytes differ everywhere. */
function fileOf(size: number): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from({ length: size }, (_, index) => (index >> 12) ^ index);
  bytes.set(new TextEncoder().encode("\0\0\0\x20ftypisom"), 0);
  return bytes;
}

const textBytes = (text: string) => Uint8Array.from(text, (sign) => sign.charCodeAt(0));

/** Serves a file under its own path. @returns its link */
function serve(file: ServedFile, name = "harbour.mp4"): string {
  const path = `/${newId()}/${name}`;
  server.files.set(path, file);
  return FILE_SERVER + path;
}

const post = (
  { app }: Account,
  url: string,
  input: Record<string, unknown> = {},
  change: Partial<Env> = {},
) => call(app, "POST", "/v1/uploads/from-url", { url, ...input }, {}, { ...bindings, ...change });

async function begin(account: Account, url: string, input: Record<string, unknown> = {}) {
  const response = await post(account, url, input);
  expect(response.status).toBe(201);
  return UploadFromUrlCreated.parse(await response.json());
}

async function get({ app }: Account, id: string): Promise<Upload> {
  return Upload.parse(await (await call(app, "GET", `/v1/uploads/${id}`)).json());
}

async function storedBytes(videoId: string, id: string): Promise<Uint8Array> {
  const object = await env.MEDIA.get(sourceKey(videoId, id));
  return new Uint8Array((await object?.arrayBuffer()) ?? new ArrayBuffer());
}

const isEqual = (one: Uint8Array, other: Uint8Array): boolean =>
  one.byteLength === other.byteLength && one.every((byte, index) => byte === other[index]);

test("a file is read in ranges, through a redirect, and becomes a video like any other", async () => {
  const account = await newAccount();
  const bytes = fileOf(2 * PART_BYTES + 5);
  const headers = {
    "content-disposition": `attachment; filename*=UTF-8''Gulls_in%20the_harbour.mp4`,
  };
  const target = serve({ bytes, etag: '"1"', ranges: true, headers });
  const url = serve({ status: 302, location: target }, "download");
  const created = await begin(account, url, { tags: ["sea"], visibility: "public" });
  expect(created).toMatchObject({
    filename: "Gulls_in the_harbour.mp4",
    contentType: "video/mp4",
    link: { bytes: 0, size: bytes.byteLength, resumable: true, error: null },
  });
  const { id, videoId } = created;
  const open = OpenUploads.parse(await (await call(account.app, "GET", "/v1/uploads")).json());
  expect(open.items).toMatchObject([{ id, link: { bytes: 0 } }]);

  server.asked.length = 0;
  await readLink(bindings, id);
  expect(server.asked.filter((range) => range !== null).toSorted()).toEqual(
    [0, 0, 1, 1, 2, 2]
      .map((part) => {
        const last = Math.min((part + 1) * PART_BYTES, bytes.byteLength) - 1;
        return `bytes=${part * PART_BYTES}-${last}`;
      })
      .toSorted(),
  );
  expect(await get(account, id)).toMatchObject({
    state: "completed",
    parts: [],
    link: { bytes: bytes.byteLength, error: null },
  });
  expect(isEqual(await storedBytes(videoId, id), bytes)).toBe(true);
  expect(await db.select().from(videos).where(eq(videos.id, videoId)).get()).toMatchObject({
    ...{ title: "Gulls in the harbour", tags: ["sea"], visibility: "public", state: "queued" },
    sourceBytes: bytes.byteLength,
  });
  // Links often contain secrets.
  const row = await db.select().from(uploadLinks).where(eq(uploadLinks.uploadId, id)).get();
  expect(row).toMatchObject({ url: "", dueAt: null });
  // The message may be delivered once more.
  server.asked.length = 0;
  await readLink(bindings, id);
  expect(server.asked).toEqual([]);
});

test("a file that the account already has is recognised after it was read from a link, whatever its name", async () => {
  const account = await newAccount();
  const bytes = fileOf(5_000);
  const videoIds: string[] = [];
  for (const name of ["gull.mp4", "gull-again.mp4"]) {
    const { id, videoId } = await begin(account, serve({ bytes, etag: '"1"', ranges: true }, name));
    await readLink(bindings, id);
    await hashSource(env, videoId, Date.now());
    videoIds.push(videoId);
  }
  const [first = "", second = ""] = videoIds;
  const path = `/v1/videos/${second}/duplicates`;
  const { items } = Duplicates.parse(await (await call(account.app, "GET", path)).json());
  expect(items).toMatchObject([{ id: first, title: "gull" }]);
});

test("an interrupted transfer continues with the missing parts, even if every message gets lost", async () => {
  const account = await newAccount();
  const file: ServedFile = { bytes: fileOf(3 * PART_BYTES), etag: '"1"', ranges: true };
  const url = serve(file);
  const { id, videoId } = await begin(account, url);
  const path = new URL(url).pathname;
  // Two parts are served, and then nothing.
  let answers = 0;
  server.files.set(path, {
    ...file,
    get status() {
      return ++answers > 2 ? 503 : undefined;
    },
  } as ServedFile);
  await readLink(bindings, id);
  expect(await get(account, id)).toMatchObject({
    state: "open",
    link: { bytes: 2 * PART_BYTES, error: null },
  });
  server.files.set(path, file);
  server.asked.length = 0;
  await resumeLinks(env, Date.now() + HOUR_MS);
  await readLink(bindings, id);
  expect(server.asked).toEqual([`bytes=${2 * PART_BYTES}-${3 * PART_BYTES - 1}`]);
  expect(await get(account, id)).toMatchObject({ state: "completed" });
  expect(isEqual(await storedBytes(videoId, id), file.bytes ?? fileOf(0))).toBe(true);
});

test("a link is read by one consumer at a time, and a dead consumer is replaced", async () => {
  const account = await newAccount();
  const url = serve({ bytes: fileOf(100), etag: '"1"', ranges: true });
  const { id } = await begin(account, url);
  await db.update(uploadLinks).set({ claim: "other" }).where(eq(uploadLinks.uploadId, id));
  server.asked.length = 0;
  await readLink(bindings, id);
  expect([server.asked, (await get(account, id)).state]).toEqual([[], "open"]);
  await readLink(bindings, id, Date.now() + HOUR_MS);
  expect((await get(account, id)).state).toBe("completed");
});

test("a file that changes while it is read is refused, with its reason", async () => {
  const account = await newAccount();
  const url = serve({ bytes: fileOf(PART_BYTES + 1), etag: '"1"', ranges: true });
  const { id, videoId } = await begin(account, url);
  server.files.set(new URL(url).pathname, {
    bytes: fileOf(PART_BYTES + 1),
    etag: '"2"',
    ranges: true,
  });
  await readLink(bindings, id);
  expect(await get(account, id)).toMatchObject({
    state: "aborted",
    link: { error: { code: "link_changed", detail: expect.stringContaining("changed") as string } },
  });
  const video = await db.select().from(videos).where(eq(videos.id, videoId)).get();
  expect(video?.erasedAt).not.toBeNull();
});

test("a server without range support is read in one request, even if it does not report the size", async () => {
  const account = await newAccount();
  const bytes = fileOf(PART_BYTES + 7);
  for (const chunked of [false, true]) {
    const { id, videoId, link } = await begin(account, serve({ bytes, chunked }));
    expect(link).toMatchObject({ size: chunked ? null : bytes.byteLength, resumable: false });
    await readLink(bindings, id);
    expect((await get(account, id)).state).toBe("completed");
    expect(isEqual(await storedBytes(videoId, id), bytes)).toBe(true);
  }
  const { room } = OpenUploads.parse(await (await call(account.app, "GET", "/v1/uploads")).json());
  expect(room.usedBytes).toBe(2 * bytes.byteLength);
});

test("a file of unknown size is refused once it exceeds the size limit or the quota", async () => {
  const account = await newAccount();
  const chunked = { bytes: fileOf(1000), chunked: true };
  for (const [change, code] of [
    [{ MAX_UPLOAD_BYTES: "999" }, "file_too_large"],
    [{ QUOTA_BYTES: "999" }, "quota_exceeded"],
  ] as const) {
    const { id } = await begin(account, serve(chunked));
    await readLink({ ...bindings, ...change } as Env, id);
    expect(await get(account, id)).toMatchObject({ state: "aborted", link: { error: { code } } });
  }
  const { room } = OpenUploads.parse(await (await call(account.app, "GET", "/v1/uploads")).json());
  expect(room.usedBytes).toBe(0);
});

test("reading stops when the upload is discarded", async () => {
  const account = await newAccount();
  const { id } = await begin(account, serve({ bytes: fileOf(100), etag: '"1"', ranges: true }));
  expect(
    (await call(account.app, "DELETE", `/v1/uploads/${id}`, undefined, {}, bindings)).status,
  ).toBe(204);
  server.asked.length = 0;
  await readLink(bindings, id);
  expect([server.asked, await get(account, id)]).toMatchObject([
    [],
    { state: "aborted", link: { error: null } },
  ]);
});

test("a server that keeps failing is given up", async () => {
  const account = await newAccount();
  const url = serve({ bytes: fileOf(100), etag: '"1"', ranges: true });
  const { id } = await begin(account, url);
  server.files.set(new URL(url).pathname, { status: 503 });
  for (let attempt = 0; attempt < 8; attempt++) {
    expect((await get(account, id)).state).toBe("open");
    await readLink(bindings, id);
  }
  expect(await get(account, id)).toMatchObject({
    state: "aborted",
    link: { error: { code: "link_unreachable" } },
  });
});

test("an unreadable link is refused at once, and no upload is created", async () => {
  const account = await newAccount();
  const bytes = fileOf(100);
  const page = textBytes("<!doctype html><title>Gulls</title>");
  const html = { bytes: page, headers: { "content-type": "text/html; charset=utf-8" } };
  const inner = "https://169.254.169.254/latest/meta-data/";
  const cases: [string, string, Partial<Env>?][] = [
    ["http://files.example.org/a.mp4", "link_refused"],
    ["https://10.0.0.1/a.mp4", "link_refused"],
    [serve({ status: 302, location: inner }), "link_refused"],
    [serve({ status: 302, location: "http://localhost:8787/cdn-cgi/" }), "link_refused"],
    [serve({ status: 404, bytes: page }), "link_unreachable"],
    [serve({ status: 403, bytes: page }), "link_unreachable"],
    [serve({ status: 503, bytes: page }), "link_unreachable"],
    [serve(html, "gulls"), "not_a_video_type"],
    [serve({ bytes: textBytes("%PDF-1.7 and more"), ranges: true }), "not_a_video_type"],
    [serve({ bytes: new Uint8Array(0), ranges: true }), "empty_file"],
    [serve({ bytes, ranges: true }), "file_too_large", { MAX_UPLOAD_BYTES: "99" }],
    [serve({ bytes, ranges: true }), "quota_exceeded", { QUOTA_BYTES: "99" }],
    [serve({ bytes }), "link_refused", { UPLOAD_LINKS: "off" } as Partial<Env>],
  ];
  const loop = serve({ status: 302 });
  server.files.set(new URL(loop).pathname, { status: 302, location: loop });
  cases.push([loop, "link_unreachable"]);
  for (const [url, code, change] of cases) {
    const problem = await problemOf(await post(account, url, {}, change));
    expect([url, problem.code]).toEqual([url, code]);
    expect(problem.detail).not.toContain("Gulls");
  }
  expect(server.others).toEqual([]);
  const open = OpenUploads.parse(await (await call(account.app, "GET", "/v1/uploads")).json());
  expect([open.items, open.room.usedBytes]).toEqual([[], 0]);
});

test("an account may read only a few links at once", async () => {
  const account = await newAccount();
  const { id, videoId } = await begin(account, serve({ bytes: fileOf(100) }));
  const row = await db.select().from(uploads).where(eq(uploads.id, id)).get();
  if (!row) throw new Error("no upload");
  for (let count = 1; count < LIMITS.openLinksPerAccount; count++) {
    const uploadId = newId();
    await db.insert(uploads).values({ ...row, id: uploadId });
    await db.insert(uploadLinks).values({ uploadId, videoId, url: "https://a.org/" });
  }
  const refused = await post(account, serve({ bytes: fileOf(100) }));
  expect(await problemOf(refused)).toMatchObject({ code: "limit_reached" });
});
