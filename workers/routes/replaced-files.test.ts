import { eq } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import type { Playlist, PlaylistPage } from "../contract/playlists.ts";
import type { UploadCreated } from "../contract/uploads.ts";
import type { AccessLink, Unlocked } from "../contract/video-access.ts";
import type { Watch } from "../contract/watch.ts";
import { videos } from "../db/schema.ts";
import { anonymous, call, problemOf, type TestApp } from "../../tests/support/worker/api.ts";
import { ScriptedTranscoder } from "../../tests/support/worker/scripted-transcoder.ts";
import { db, stopEverything, videoRow, work } from "../../tests/support/worker/transcoding.ts";
import { readyVideo, workOn } from "../../tests/support/worker/versions.ts";

beforeEach(stopEverything);

const PNG = Uint8Array.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", (sign) => sign.charCodeAt(0));

test("a runner gets the watermark and the audio file that a recipe names", async () => {
  const { id, app, edit, list } = await readyVideo();
  const path = `/v1/videos/${id}/versions`;
  const keep = [{ from: 0, to: 16 }];
  const place = { position: "center", size: 0.2, opacity: 0.5 } as const;
  const missing = await edit({ keep, watermark: { picture: "1", ...place } });
  expect(await problemOf(missing)).toMatchObject({ code: "invalid_request" });
  const uploaded = await call(app, "POST", `${path}/watermark`, PNG, {
    "content-type": "image/png",
  });
  const { picture } = await uploaded.json<{ picture: string }>();
  const read = await call(app, "GET", `${path}/watermark/${picture}`);
  expect(new Uint8Array(await read.arrayBuffer())).toEqual(PNG);
  const audio = await uploadFile(app, id, "audio");
  expect((await audio.done.json<{ state: string }>()).state).toBe("ready");
  expect((await list()).items).toEqual([]);
  const recipe = {
    ...{ keep, watermark: { picture, ...place } },
    audio: { upload: audio.id, mode: "add", language: "fr" },
  } as const;
  expect((await edit(recipe)).status).toBe(202);
  const inputs: Record<string, string>[] = [];
  const transcoder = new ScriptedTranscoder(1).on("edit", async function* (request) {
    inputs.push(request.inputs);
    yield* ScriptedTranscoder.perform(request);
  });
  await work(transcoder);
  expect(inputs.at(0)).toMatchObject({ watermark: `sources/${id}/watermark.${picture}` });
  expect(inputs.at(-1)).toMatchObject({ audio: `sources/${id}/audio.${audio.id}` });
  expect(await videoRow(id)).toMatchObject({ version: 2 });
});

const BYTES = new Uint8Array(1000).fill(7);

/** Uploads another file for a video. */
async function uploadFile(app: TestApp, id: string, purpose: "source" | "audio" = "source") {
  const file = { filename: "again.mp4", size: BYTES.length, contentType: "video/mp4", purpose };
  const created = await call(app, "POST", `/v1/videos/${id}/versions/upload`, file);
  const upload = await created.json<UploadCreated>();
  expect(upload.videoId).toBe(id);
  const signed = await call(app, "POST", `/v1/uploads/${upload.id}/parts`, { partNumbers: [1] });
  const { parts } = await signed.json<{ parts: { url: string }[] }>();
  const stored = await fetch(parts[0]?.url ?? "", { method: "PUT", body: BYTES });
  const etag = stored.headers.get("etag");
  await call(app, "PUT", `/v1/uploads/${upload.id}/parts/1`, { etag });
  const done = await call(app, "POST", `/v1/uploads/${upload.id}/complete`);
  return { id: upload.id, done };
}

test("a video whose file is replaced keeps its id and captions", async () => {
  const { id, app, list, publish, captions } = await readyVideo();
  const { sourceKey } = await videoRow(id);
  const text = await captions();
  const { done } = await uploadFile(app, id);
  expect(await done.json()).toEqual({ videoId: id, state: "ready" });
  expect(await videoRow(id)).toMatchObject({ version: 1, sourceKey });
  await workOn(16.4);
  const after = await videoRow(id);
  expect(after).toMatchObject({ version: 2, duration: 16.4, sourceBytes: BYTES.length });
  expect(after.sourceKey).not.toBe(sourceKey);
  expect(await captions()).toBe(text);
  expect((await list()).whole).toMatchObject({ version: 2 });
  await publish(1);
  expect(await videoRow(id)).toMatchObject({ version: 1, sourceKey });
  expect(await captions()).toBe(text);
});

test("replacing a file does not change the counts, playlists and links of its video", async () => {
  const { id, app } = await readyVideo();
  await db.update(videos).set({ views: 12, likes: 3 }).where(eq(videos.id, id));
  const created = await call(app, "POST", "/v1/playlists", { title: "Evenings" });
  const playlist = `/v1/playlists/${(await created.json<Playlist>()).id}`;
  await call(app, "PUT", `${playlist}/videos/${id}`, {});
  await call(app, "PATCH", `/v1/videos/${id}`, { visibility: "private" });
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
  const link = { name: "Ada", expiresAt };
  const given = await call(app, "POST", `/v1/videos/${id}/access/links`, link);
  const key = new URL((await given.json<AccessLink>()).url).searchParams.get("key");
  await uploadFile(app, id);
  await workOn(16.4);
  const kept = { views: 12, likes: 3, visibility: "private" };
  expect(await videoRow(id)).toMatchObject({ version: 2, ...kept });
  const listed = await (await call(app, "GET", playlist)).json<PlaylistPage>();
  expect(listed.items.map(({ video }) => video.id)).toEqual([id]);
  const from = { "cf-connecting-ip": "192.0.2.217" };
  const unlocked = await call(anonymous, "POST", `/v1/videos/${id}/unlock`, { key }, from);
  const { pass } = await unlocked.json<Unlocked>();
  const opened = { "kinora-pass": pass };
  const watched = await call(anonymous, "POST", `/v1/videos/${id}/watch`, {}, opened);
  expect((await watched.json<Watch>()).playback?.hls).toContain(`/${id}/2/`);
});

test("captions are not kept for a file of another length", async () => {
  const { id, app, publish, captions } = await readyVideo();
  const text = await captions();
  await uploadFile(app, id);
  await workOn(12);
  expect(await videoRow(id)).toMatchObject({ version: 2, duration: 12 });
  expect(await captions()).toContain("not_found");
  await publish(1);
  expect(await captions()).toBe(text);
});
