import { eq } from "drizzle-orm";
import { env, exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { CaptionTracks, MAX_CAPTION_TRACKS, StoredCaptions } from "../contract/captions.ts";
import { Playback } from "../contract/playback.ts";
import type { Video } from "../contract/videos.ts";
import { addEmbeddedCaptions, findCaptions } from "../db/captions.ts";
import { catalog, runBatch } from "../db/client.ts";
import { captions, videos } from "../db/schema.ts";
import { tasks } from "../db/transcoding-schema.ts";
import { captionsPrefix } from "../media/storage-keys.ts";
import { ENCODED_CAPTIONS, encodeText } from "../../tests/support/encoded-captions.ts";
import {
  anonymous,
  beginTranscode,
  call,
  newAccount,
  newVideo,
  problemOf,
  type TestApp,
} from "../../tests/support/worker/api.ts";

const SRT = "1\r\n00:00:01,000 --> 00:00:02,000\r\n<script>x</script>Hello\r\n";
const put = (app: TestApp, id: string, language: string, file: string, type = "text/vtt") =>
  call(app, "PUT", `/v1/videos/${id}/captions/${language}`, file, { "content-type": type });
const get = (app: TestApp, id: string, language: string) =>
  call(app, "GET", `/v1/videos/${id}/captions/${language}`);
const keysOf = async (id: string) =>
  (await env.MEDIA.list({ prefix: captionsPrefix(id) })).objects.map((object) => object.key);

test("SubRip is converted to clean WebVTT, under the canonical language tag", async () => {
  const { app, userId } = await newAccount();
  const id = await newVideo(userId);
  const response = await put(app, id, "pt-br", SRT, "application/x-subrip");
  expect(await response.json()).toEqual({
    language: "pt-BR",
    kind: "subtitles",
    label: "português (Brasil)",
    origin: "uploaded",
    cues: 1,
    updatedAt: expect.any(String),
    format: "srt",
    encoding: "utf-8",
    faults: [],
    dropped: 0,
  });
  const track = await get(anonymous, id, "PT-BR");
  expect(track.headers.get("content-type")).toBe("text/vtt; charset=utf-8");
  const webVtt = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nxHello\n";
  expect(await track.text()).toBe(webVtt);

  const granted = await call(anonymous, "POST", `/v1/videos/${id}/playback`);
  const url = Playback.parse(await granted.json()).captions[0]?.url ?? "";
  expect(await (await exports.default.fetch(env.PUBLIC_ORIGIN + url)).text()).toBe(webVtt);
});

test("a replaced track gets a new key, and the search index is updated", async () => {
  const { app, userId } = await newAccount();
  const id = await newVideo(userId);
  await put(app, id, "en", SRT);
  const [first] = await keysOf(id);
  expect((await put(app, id, "en", SRT.replace("Hello", "Bye"))).status).toBe(200);
  const keys = await keysOf(id);
  expect(keys).toHaveLength(1);
  expect(keys).not.toContain(first);
  expect(await (await get(app, id, "en")).text()).toContain("Bye");
  expect((await catalog(env).select().from(videos).where(eq(videos.id, id)).get())?.revision).toBe(
    3,
  );
});

test("a track is deleted", async () => {
  const { app, userId } = await newAccount();
  const id = await newVideo(userId);
  await put(app, id, "en", SRT);
  expect((await call(app, "DELETE", `/v1/videos/${id}/captions/en`)).status).toBe(204);
  expect(await keysOf(id)).toEqual([]);
  expect((await problemOf(await get(app, id, "en"))).code).toBe("not_found");
  expect((await problemOf(await call(app, "DELETE", `/v1/videos/${id}/captions/en`))).code).toBe(
    "not_found",
  );
});

const putBytes = (app: TestApp, id: string, bytes: Uint8Array) =>
  call(app, "PUT", `/v1/videos/${id}/captions/ru`, bytes, { "content-type": "text/vtt" });

test("captions in Windows-1251 are decoded, and damaged cues are left out and reported", async () => {
  const { app, userId } = await newAccount();
  const id = await newVideo(userId);
  const ascii = "1\n00:00:01,000 --> 00:00:02,000\n?\n\n2\n00:00:04,000 --> 00:00:03,000\nx\n";
  // "Привет, мир" in Windows-1251.
  const text = [0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2, 0x2c, 0x20, 0xec, 0xe8, 0xf0];
  const bytes = Uint8Array.from(
    ascii.split("").flatMap((character) => (character === "?" ? text : [character.charCodeAt(0)])),
  );
  const response = await putBytes(app, id, bytes);
  expect(await response.json()).toMatchObject({
    cues: 1,
    dropped: 1,
    faults: ["Line 6: the caption ends before it starts."],
  });
  expect(await (await get(app, id, "ru")).text()).toContain("Привет, мир");
});

/** The name in the response for an encoding whose bytes are also valid in another one. */
const NAMES: Record<string, string> = {};

test("uploaded captions are decoded from each encoding that is in use", async () => {
  const { app, userId } = await newAccount();
  const id = await newVideo(userId);
  for (const [encoding, language, texts] of ENCODED_CAPTIONS) {
    const mark = texts[0]?.startsWith("\uFEFF") === true ? "\uFEFF" : "";
    const spoken = texts.map((text) => text.replace(mark, ""));
    const blocks = spoken.map((text, at) => `00:00:0${at},000 --> 00:00:0${at},900\n${text}\n`);
    const bytes = encodeText(mark + blocks.join("\n"), encoding);
    const path = `/v1/videos/${id}/captions/${language}`;
    const response = await call(app, "PUT", path, bytes, { "content-type": "text/vtt" });
    const answer: unknown = await response.json();
    expect([encoding, answer]).toMatchObject([
      encoding,
      { cues: texts.length, dropped: 0, encoding: NAMES[encoding] ?? encoding },
    ]);
    const stored = await (await get(app, id, language)).text();
    expect(spoken.filter((text) => !stored.includes(text))).toEqual([]);
  }
});

test("an invalid caption file is refused with the line number, and nothing is stored", async () => {
  const { app, userId } = await newAccount();
  const id = await newVideo(userId);
  expect(await problemOf(await put(app, id, "en", "WEBVTT\n\nnonsense\nx"))).toMatchObject({
    code: "invalid_captions",
    detail: expect.stringContaining("Line 4"),
  });
  expect((await problemOf(await put(app, id, "en", ""))).code).toBe("invalid_captions");
  const tooLarge = `WEBVTT\n\n00:01.000 --> 00:02.000\n${"x".repeat(2_000_000)}`;
  expect((await problemOf(await put(app, id, "en", tooLarge))).code).toBe("payload_too_large");
  expect((await problemOf(await put(app, id, "e", SRT))).code).toBe("invalid_request");
  const noText = Uint8Array.from({ length: 999 }, (_, index) => (index * 7) % 256);
  expect(await problemOf(await putBytes(app, id, noText))).toMatchObject({
    code: "invalid_captions",
    detail: expect.stringContaining("UTF-8"),
  });
  expect(await keysOf(id)).toEqual([]);
});

/** Tracks in languages for private use (`qaa` to `qtz`, BCP 47). */
function privateUseTracks(videoId: string, count: number) {
  return Array.from({ length: count }, (_, index) => ({
    videoId,
    language: `q${String.fromCodePoint(97 + Math.floor(index / 26), 97 + (index % 26))}`,
    label: "",
    key: `${videoId}/unspoken/${index}`,
    origin: "uploaded" as const,
    cues: 1,
    revision: 1,
    updatedAt: 1,
  }));
}
const countOf = (id: string) => catalog(env).$count(captions, eq(captions.videoId, id));

test("the limit of tracks per video holds for concurrent uploads too", async () => {
  const { app, userId } = await newAccount();
  const id = await newVideo(userId);
  for (const row of privateUseTracks(id, MAX_CAPTION_TRACKS - 1))
    await catalog(env).insert(captions).values(row);
  const answers = await Promise.all(["de", "en", "fr"].map((tag) => put(app, id, tag, SRT)));
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409]);
  expect(await countOf(id)).toBe(MAX_CAPTION_TRACKS);
  expect(await keysOf(id)).toHaveLength(1);

  expect(await problemOf(await put(app, id, "it", SRT))).toMatchObject({
    code: "too_many_captions",
    detail: expect.stringContaining("at most 64"),
  });
  expect((await put(app, id, "qaa", SRT)).status).toBe(200);
  await call(app, "DELETE", `/v1/videos/${id}/captions/qaa`);
  expect((await put(app, id, "it", SRT)).status).toBe(200);
});

test("embedded tracks beyond the limit are left out, and existing ones are replaced", async () => {
  const { userId } = await newAccount();
  const id = await newVideo(userId);
  const db = catalog(env);
  for (const row of privateUseTracks(id, MAX_CAPTION_TRACKS - 1))
    await db.insert(captions).values(row);
  const found = ["de", "en"].map((language) => ({ language, name: language, key: "k", cues: 1 }));
  await runBatch(db, addEmbeddedCaptions(db, id, found, 1));
  await runBatch(db, addEmbeddedCaptions(db, id, found, 2));
  expect(await countOf(id)).toBe(MAX_CAPTION_TRACKS);
  expect(await findCaptions(db, id, "de")).toMatchObject({ revision: 2, updatedAt: 2 });
  expect(await findCaptions(db, id, "en")).toBeNull();
});

test("a second track of a kind can be read, replaced and deleted by its tag, and keeps its name", async () => {
  const { app, userId } = await newAccount();
  const id = await newVideo(userId);
  const found = { language: "en-x-2", name: "Commentary", key: `${id}/none`, cues: 1 };
  await runBatch(catalog(env), addEmbeddedCaptions(catalog(env), id, [found], 1));
  await put(app, id, "en", SRT);
  const replaced = StoredCaptions.parse(
    await (await put(app, id, "EN-X-2", SRT.replace("Hello", "We shot this"))).json(),
  );
  expect(replaced).toMatchObject({ language: "en-x-2", kind: "subtitles", label: "Commentary" });
  expect(await (await get(app, id, "en-x-2")).text()).toContain("We shot this");
  expect(await (await get(app, id, "en")).text()).toContain("Hello");
  const video = (await (await call(app, "GET", `/v1/videos/${id}`)).json()) as Video;
  expect(video.captionLanguages).toEqual(["en"]);
  expect((await call(app, "DELETE", `/v1/videos/${id}/captions/en-x-2`)).status).toBe(204);
  expect(await countOf(id)).toBe(1);
});

test("a language can have a track of each kind, which players distinguish by name", async () => {
  const { app, userId } = await newAccount();
  const id = await newVideo(userId);
  const ofKind = (method: string, kind: string, file?: string) =>
    call(app, method, `/v1/videos/${id}/captions/en?kind=${kind}`, file, {
      "content-type": "text/plain",
    });
  for (const kind of ["subtitles", "captions", "descriptions", "forced"])
    expect((await ofKind("PUT", kind, SRT.replace("Hello", kind))).status).toBe(200);
  expect(await (await ofKind("GET", "forced")).text()).toContain("xforced");
  expect(await (await get(app, id, "EN-X-Forced")).text()).toContain("xforced");
  const granted = Playback.parse(
    await (await call(anonymous, "POST", `/v1/videos/${id}/playback`)).json(),
  );
  expect(granted.captions.map(({ language, kind, label }) => [language, kind, label])).toEqual([
    ["en", "subtitles", "English"],
    ["en", "captions", "English (CC)"],
    ["en", "descriptions", "English (descriptions)"],
    ["en", "forced", "English (forced)"],
  ]);
  for (const { url } of granted.captions)
    expect((await exports.default.fetch(env.PUBLIC_ORIGIN + url)).status).toBe(200);
  const video = (await (await call(app, "GET", `/v1/videos/${id}`)).json()) as Video;
  expect(video.captionLanguages).toEqual(["en"]);

  for (const kind of ["subtitles", "captions"])
    expect((await ofKind("DELETE", kind)).status).toBe(204);
  const rest = (await (await call(app, "GET", `/v1/videos/${id}`)).json()) as Video;
  expect(rest.captionLanguages).toEqual([]);
  const tracks = CaptionTracks.parse(
    await (await call(app, "GET", `/v1/videos/${id}/captions`)).json(),
  );
  expect(tracks).toMatchObject({ engine: null, isTranscribing: false, canTranslate: false });
  expect(tracks.items.map(({ kind }) => kind)).toEqual(["descriptions", "forced"]);
});

test("files of other formats are accepted, and a track can be downloaded as SubRip too", async () => {
  const { app, userId } = await newAccount();
  const id = await newVideo(userId);
  const files = {
    sbv: "0:00:01.000,0:00:02.000\nHello\n",
    ass: "[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,,,0,0,0,,Hello\n",
    ttml: '<tt><body><div><p begin="1s" end="2s">Hello</p></div></body></tt>',
  };
  for (const [format, file] of Object.entries(files)) {
    const stored = StoredCaptions.parse(await (await put(app, id, "en", file)).json());
    expect(stored).toMatchObject({ format, cues: 1 });
    const subRip = await call(app, "GET", `/v1/videos/${id}/captions/en?format=srt`);
    expect(subRip.headers.get("content-type")).toBe("application/x-subrip; charset=utf-8");
    expect(await subRip.text()).toBe("1\n00:00:01,000 --> 00:00:02,000\nHello\n");
  }
});

test("only the owner can change captions; those of a private video do not exist for others", async () => {
  const [owner, other] = await Promise.all([newAccount(), newAccount()]);
  const shown = await newVideo(owner.userId);
  const hidden = await newVideo(owner.userId, { visibility: "private" });
  await put(owner.app, hidden, "en", SRT);
  expect((await get(owner.app, hidden, "en")).status).toBe(200);
  expect((await problemOf(await get(other.app, hidden, "en"))).status).toBe(404);
  expect((await problemOf(await put(other.app, hidden, "en", SRT))).status).toBe(404);
  expect((await problemOf(await put(other.app, shown, "en", SRT))).status).toBe(403);
  expect((await problemOf(await put(anonymous, shown, "en", SRT))).status).toBe(401);
});

test("embedded captions can be read like uploaded ones, and the final playlists are rewritten", async () => {
  const { app, userId } = await newAccount();
  const id = await newVideo(userId);
  const db = catalog(env);
  const embedded = `${id}/1/files/t.1/en.vtt`;
  await env.MEDIA.put(embedded, "WEBVTT\n");
  await db.insert(captions).values({
    videoId: id,
    language: "en",
    label: "English",
    key: embedded,
    origin: "embedded",
    cues: 1,
    revision: 1,
    updatedAt: 1,
  });
  expect(await (await get(anonymous, id, "en")).text()).toBe("WEBVTT\n");
  await beginTranscode(id, userId);
  expect((await put(app, id, "en", SRT)).status).toBe(200);
  expect(await env.MEDIA.head(embedded)).not.toBeNull();
  const kinds = await db.select({ kind: tasks.kind }).from(tasks).where(eq(tasks.videoId, id));
  expect(kinds).toContainEqual({ kind: "finish" });
});
