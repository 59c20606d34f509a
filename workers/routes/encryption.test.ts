import { createExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { expectProblem, ORIGIN, tokenFor } from "../../tests/support/worker/media.ts";
import { Playback } from "../contract/playback.ts";
import { UploadCreated } from "../contract/uploads.ts";
import { Video } from "../contract/videos.ts";
import { catalog, runBatch } from "../db/client.ts";
import { transcodes } from "../db/transcoding-schema.ts";
import { startTranscode } from "../db/transcoding/transcodes.ts";
import { newId } from "../domain/id.ts";
import { planSettings, planTask } from "../domain/tasks/plan-settings.ts";
import { encryptSegment, newContentKey, openContentKey } from "../media/content-key.ts";
import {
  anonymous,
  call,
  newAccount,
  newVideo,
  problemOf,
} from "../../tests/support/worker/api.ts";

const db = catalog(env);
const plan = planTask(planSettings(env), false);

/** Starts the transcode of a video's first version. @returns its wrapped content key, null unless it is encrypted */
async function begin(id: string, ownerId: string): Promise<string | null> {
  const contentKey = await newContentKey(env);
  const video = { id, ownerId, version: 1, sourceKey: `sources/${id}/x`, contentKey };
  await runBatch(db, startTranscode(db, video, plan));
  const row = await db.select().from(transcodes).where(eq(transcodes.videoId, id)).get();
  return row?.contentKey ?? null;
}

const media = (token: string, path: string): Promise<Response> =>
  exports.default.fetch(`${ORIGIN}/media/${token}/${path}`);

test("encryption is chosen with the upload and shown with the video", async () => {
  const { app } = await newAccount();
  const file = { filename: "a.mp4", size: 1, contentType: "video/mp4", encrypted: true };
  const upload = UploadCreated.parse(await (await call(app, "POST", "/v1/uploads", file)).json());
  const video = Video.parse(await (await call(app, "GET", `/v1/videos/${upload.videoId}`)).json());
  expect(video.encrypted).toBe(true);
});

test.each(["uploading", "failed"] as const)(
  "encryption can be changed while the video is %s",
  async (state) => {
    const { app, userId } = await newAccount();
    const id = await newVideo(userId, { state });
    const change = async (encrypted: boolean) =>
      Video.parse(await (await call(app, "PATCH", `/v1/videos/${id}`, { encrypted })).json());
    expect((await change(true)).encrypted).toBe(true);
    expect((await change(false)).encrypted).toBe(false);
  },
);

test.each(["queued", "processing", "playable", "ready"] as const)(
  "encryption cannot be changed when the video is %s, and the creator is told so",
  async (state) => {
    const { app, userId } = await newAccount();
    const id = await newVideo(userId, { state });
    const refused = await call(app, "PATCH", `/v1/videos/${id}`, { encrypted: true });
    expect((await problemOf(refused)).code).toBe("conflict");
    const same = await call(app, "PATCH", `/v1/videos/${id}`, { encrypted: false, title: "New" });
    expect(await same.json()).toMatchObject({ encrypted: false, title: "New" });
  },
);

test("an encrypted video has no downloads", async () => {
  const { app, userId } = await newAccount();
  const id = await newVideo(userId, { state: "failed", encrypted: true });
  const refused = await call(app, "PATCH", `/v1/videos/${id}`, { downloadsEnabled: true });
  expect((await problemOf(refused)).code).toBe("conflict");
});

test("a transcode has a content key if the video is encrypted when it starts", async () => {
  const { userId } = await newAccount();
  const encrypted = await newVideo(userId, { state: "queued", encrypted: true });
  expect(await begin(encrypted, userId)).toMatch(/^ey/);
  const clear = await newVideo(userId, { state: "queued" });
  expect(await begin(clear, userId)).toBeNull();
});

test("playback of an encrypted video is HLS only, and its token gives access to the key", async () => {
  const { userId } = await newAccount();
  const id = await newVideo(userId, { encrypted: true, downloadsEnabled: true, publication: 1 });
  const wrapped = (await begin(id, userId)) ?? "";
  const answer = await call(anonymous, "POST", `/v1/videos/${id}/playback`);
  const playback = Playback.parse(await answer.json());
  expect(playback).toMatchObject({ dash: null, downloads: [] });

  const key = await media(playback.token, `${id}/1/key`);
  expect(Object.fromEntries(key.headers)).toMatchObject({
    "content-type": "application/octet-stream",
    "content-length": "16",
    "cache-control": "private, no-store",
    "access-control-allow-origin": "*",
  });
  expect(new Uint8Array(await key.arrayBuffer())).toEqual(await openContentKey(env, wrapped));
});

test("a playback has the licence servers of the deployment", async () => {
  const { userId } = await newAccount();
  const id = await newVideo(userId, { publication: 1 });
  const licenses = { "com.widevine.alpha": "https://license.example/widevine" };
  const given = { ...env, DRM_LICENSES: JSON.stringify(licenses) };
  const path = `/v1/videos/${id}/playback`;
  const answer = await anonymous.request(path, { method: "POST" }, given, createExecutionContext());
  expect(await answer.json()).toMatchObject({ licenses });
});

test("the key is accessible in no other way", async () => {
  const { userId } = await newAccount();
  const id = await newVideo(userId, { encrypted: true });
  await begin(id, userId);
  const refused: Record<string, string> = {
    "a token for images": await tokenFor(id, { images: true }),
    "a token for another video": await tokenFor(newId()),
    "a token for another version": await tokenFor(id, { version: 2 }),
    "a token for another country": await tokenFor(id, { rules: { countries: { allow: ["AQ"] } } }),
    "an invalid token": "a.b.c",
  };
  for (const [name, token] of Object.entries(refused))
    await expectProblem(await media(token, `${id}/1/key`), "invalid_playback_token", name);
  await expectProblem(
    await exports.default.fetch(`${ORIGIN}/images/${id}/1/key`),
    "not_found",
    "key material",
  );
});

test("an unencrypted video, and a version that does not exist, have no key", async () => {
  const { userId } = await newAccount();
  const id = await newVideo(userId);
  await begin(id, userId);
  await expectProblem(await media(await tokenFor(id), `${id}/1/key`), "not_found", id);
  const later = await tokenFor(id, { version: 2 });
  await expectProblem(await media(later, `${id}/2/key`), "not_found", id);
});

test("the I-frame of an encrypted segment is served as a separate encrypted segment", async () => {
  const { userId } = await newAccount();
  const id = await newVideo(userId, { encrypted: true });
  const key = await openContentKey(env, (await begin(id, userId)) ?? "");
  const segment = crypto.getRandomValues(new Uint8Array(1000));
  await env.MEDIA.put(`${id}/1/h264-360/0.1/00003.m4s`, await encryptSegment(key, 3, segment));
  const token = await tokenFor(id);
  const frame = await media(token, `${id}/1/h264-360/0.1/00003.500.m4s`);
  expect(Object.fromEntries(frame.headers)).toMatchObject({
    "content-type": "video/iso.segment",
    "content-length": "528",
    "cache-control": "private, max-age=31536000, immutable",
  });
  const iv = new Uint8Array(16);
  iv.set([3], 15);
  const imported = await crypto.subtle.importKey("raw", key, "AES-CBC", false, ["decrypt"]);
  const encrypted = await frame.arrayBuffer();
  const clear = await crypto.subtle.decrypt({ name: "AES-CBC", iv }, imported, encrypted);
  expect(new Uint8Array(clear).slice(0, 500)).toEqual(segment.slice(0, 500));
  for (const missing of ["00003.2000", "00003.0", "00004.500"])
    await expectProblem(
      await media(token, `${id}/1/h264-360/0.1/${missing}.m4s`),
      "not_found",
      "segment of another length",
    );
});

test("an unencrypted video has no separate I-frame segments", async () => {
  const { userId } = await newAccount();
  const id = await newVideo(userId);
  await begin(id, userId);
  await env.MEDIA.put(`${id}/1/h264-360/0.1/00003.m4s`, new Uint8Array(1000));
  const frame = await media(await tokenFor(id), `${id}/1/h264-360/0.1/00003.500.m4s`);
  await expectProblem(frame, "not_found", "segment");
});
