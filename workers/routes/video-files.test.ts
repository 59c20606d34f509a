import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { anonymous, call, newAccount, problemOf } from "../../tests/support/worker/api.ts";
import { insertVideo } from "../../tests/support/worker/media.ts";
import { examplePublication } from "../../tests/support/worker/publication.ts";
import type { VideoFile, VideoFileList } from "../contract/video-files.ts";
import { fileToken } from "../domain/file-link.ts";
import { attachment, extensionOf, fileNameOf } from "../domain/file-names.ts";
import { publicationIndexKey } from "../media/storage-keys.ts";

const SOURCE = "0123456789abcdefghij";
/** Bytes of the rendition below: an init segment and two chunks. */
const PIECES = { "0.1/init.mp4": "INIT", "0.1/00000.m4s": "one", "0.1/00001.m4s": "second" };
const LATER = { "2.1/00002.m4s": "third!" };
const WHOLE = "INITonesecondthird!";

let creator: Awaited<ReturnType<typeof newAccount>>;
let id: string;

async function video(change: Parameters<typeof insertVideo>[0] = {}): Promise<string> {
  const videoId = await insertVideo({
    ownerId: creator.userId,
    visibility: "private",
    title: "Möwen/am: Hafen",
    contentType: "video/quicktime",
    sourceBytes: SOURCE.length,
    ...change,
  });
  const sourceKey = `sources/${videoId}/upload`;
  await env.CATALOG.prepare("UPDATE videos SET source_key = ? WHERE id = ?")
    .bind(sourceKey, videoId)
    .run();
  await env.MEDIA.put(sourceKey, SOURCE);
  for (const [name, text] of Object.entries({ ...PIECES, ...LATER }))
    await env.MEDIA.put(`${videoId}/1/audio-0/${name}`, text);
  const example = examplePublication().renditions.find(
    ({ rendition }) => rendition.id === "audio-0",
  )!;
  const output = { ...example.outputs[0]!, initBytes: 4 };
  const sized = (names: string[]) =>
    names.map((text) => ({ duration: 48_000, bytes: text.length }));
  const publication = examplePublication({
    videoId,
    renditions: [
      {
        rendition: example.rendition,
        outputs: [
          { ...output, folder: "audio-0/0.1", segments: sized(["one", "second"]) },
          { ...output, folder: "audio-0/2.1", firstSegment: 2, segments: sized(["third!"]) },
        ],
      },
    ],
  });
  await env.MEDIA.put(publicationIndexKey(videoId, 1, 1), JSON.stringify(publication));
  return videoId;
}

beforeEach(async () => {
  creator = await newAccount();
  id = await video();
});

const list = async (videoId = id): Promise<VideoFile[]> =>
  (await (await call(creator.app, "GET", `/v1/videos/${videoId}/files`)).json<VideoFileList>())
    .items;
const pathOf = ({ url }: VideoFile) => url.slice(env.PUBLIC_ORIGIN.length);
const get = (file: VideoFile, headers: HeadersInit = {}) =>
  call(anonymous, "GET", pathOf(file), undefined, headers);

/** Its type does not make it a text. */
const textOf = async (response: Response) => new TextDecoder().decode(await response.arrayBuffer());

test("a creator can download the source as it was uploaded, named after the title", async () => {
  const [source] = await list();
  expect(source).toMatchObject({ kind: "source", name: "Möwen-am-Hafen.mov", bytes: 20 });
  const response = await get(source!);
  expect(await textOf(response)).toBe(SOURCE);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": "video/quicktime",
    "content-length": "20",
    "accept-ranges": "bytes",
    "cache-control": "private, no-store",
    "content-disposition": `attachment; filename="M_wen-am-Hafen.mov"; filename*=UTF-8''M%C3%B6wen-am-Hafen.mov`,
  });
});

test("a downloaded rendition consists of its init segment and all segments, also in ranges", async () => {
  const [, rendition] = await list();
  expect(rendition).toMatchObject({
    ...{ id: "audio-0", kind: "rendition", bytes: WHOLE.length, codec: "aac", language: "en" },
    name: "Möwen-am-Hafen.audio-0.m4a",
  });
  const whole = await get(rendition!);
  expect(await textOf(whole)).toBe(WHOLE);
  const etag = whole.headers.get("etag")!;
  // Ranges within one segment, across segment boundaries, and of the last byte.
  for (const [first, last] of [
    [1, 2],
    [3, 4],
    [5, 15],
    [0, 18],
    [18, 18],
  ] as const) {
    const headers = { range: `bytes=${first}-${last}`, "if-range": etag };
    const part = await get(rendition!, headers);
    expect([part.status, await textOf(part)]).toEqual([206, WHOLE.slice(first, last + 1)]);
  }
  // Another version of the file starts over.
  const other = await get(rendition!, { range: "bytes=4-", "if-range": '"other"' });
  expect([other.status, await textOf(other)]).toEqual([200, WHOLE]);
  const head = await call(anonymous, "HEAD", pathOf(rendition!));
  expect([head.headers.get("content-length"), await textOf(head)]).toEqual(["19", ""]);
});

test("a download with a lost segment fails instead of ending early", async () => {
  const [, rendition] = await list();
  await env.MEDIA.delete(`${id}/1/audio-0/0.1/00001.m4s`);
  await expect(textOf(await get(rendition!))).rejects.toThrow(/./);
});

test("a download link is valid for one file and one day, and ends when the video is deleted", async () => {
  const [source, rendition] = await list();
  const token = new URL(source!.url).searchParams.get("token")!;
  const otherFile = pathOf(rendition!).replace(/token=.*/, `token=${token}`);
  expect((await call(anonymous, "GET", otherFile)).status).toBe(403);
  const otherVideo = pathOf(source!).replace(id, await video());
  expect((await call(anonymous, "GET", otherVideo)).status).toBe(403);
  const until = Date.now() - 1;
  const old = await fileToken(env.BETTER_AUTH_SECRET, { videoId: id, fileId: "source", until });
  const expired = pathOf(source!).replace(/token=.*/, `token=${old}`);
  expect((await problemOf(await call(anonymous, "GET", expired))).code).toBe("forbidden");
  expect(until + 86_500_000).toBeGreaterThan(Number(token.split(".")[0]));
  await call(creator.app, "DELETE", `/v1/videos/${id}`);
  expect((await get(source!)).status).toBe(404);
});

test("only the source of an encrypted video can be downloaded, and nothing of a video that is being uploaded", async () => {
  expect((await list(await video({ encrypted: true }))).map((file) => file.id)).toEqual(["source"]);
  expect(await list(await video({ state: "uploading" }))).toEqual([]);
  expect((await list(await video({ state: "failed" }))).map((file) => file.id)).toEqual(["source"]);
});

test.each([
  ["../../etc/passwd", "", "etc-passwd"],
  ["…", ".mp4", "video.mp4"],
  ["ميناء \u202Eالليل", ".mp4", "ميناء-الليل.mp4"],
  ["👩‍🚀".repeat(100) + "a".repeat(200), ".webm", `${"a".repeat(79)}.webm`],
])("the title %j with the suffix %j gives the file name %j", (title, suffix, name) => {
  expect(fileNameOf(title, suffix)).toBe(name);
});

test("the extension follows from the content type, and a name cannot break out of its header", () => {
  expect(extensionOf("Video/MP4; codecs=avc1")).toBe(".mp4");
  expect(extensionOf("application/octet-stream")).toBe("");
  expect(attachment('a"\r\nb')).toBe(`attachment; filename="a___b"; filename*=UTF-8''a%22%0D%0Ab`);
});
