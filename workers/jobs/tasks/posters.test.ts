import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { MAX_POSTER_BYTES } from "../../contract/poster-limits.ts";
import type { TaskRequest } from "../../contract/transcodes.ts";
import { call, newAccount } from "../../../tests/support/worker/api.ts";
import { ScriptedTranscoder } from "../../../tests/support/worker/scripted-transcoder.ts";
import {
  jobContext,
  queuedVideo,
  stopEverything,
  taskRows,
  videoRow,
  work,
} from "../../../tests/support/worker/transcoding.ts";
import { checkVideo } from "../storage/check-video.ts";
import { collectLeftovers } from "./collect.ts";
import { serveTaskStorage } from "./task-storage.ts";

beforeEach(stopEverything);

const HOUR_MS = 3_600_000;
const PNG = Uint8Array.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", (sign) => sign.charCodeAt(0));

/** A ready video, and requests of its creator. */
async function readyVideo() {
  const { app, userId } = await newAccount();
  const id = await queuedVideo(userId);
  await work();
  const upload = (file: Uint8Array, type = "image/png") =>
    call(app, "PUT", `/v1/videos/${id}/poster/file`, file, { "content-type": type });
  const pick = (at: number) => call(app, "PUT", `/v1/videos/${id}/poster`, { at });
  const kept = async () =>
    (await env.MEDIA.list({ prefix: `sources/${id}/poster.` })).objects.map(({ key }) => key);
  return { id, app, upload, pick, kept };
}

/** Runs the waiting tasks and returns which images were requested. */
async function makeImages(): Promise<TaskRequest[]> {
  const asked: TaskRequest[] = [];
  const transcoder = new ScriptedTranscoder().on("images", async function* (request) {
    asked.push(request);
    yield* ScriptedTranscoder.perform(request);
  });
  await work(transcoder);
  return asked;
}

test("a runner makes the poster from the image that a creator has uploaded", async () => {
  const { id, upload } = await readyVideo();
  const before = (await videoRow(id)).posterPath;
  expect((await upload(PNG)).status).toBe(202);
  const read: Uint8Array[] = [];
  const transcoder = new ScriptedTranscoder().on("images", async function* (request) {
    const url = new URL(`${request.storage}/${request.inputs["poster"]}`);
    const response = await serveTaskStorage(new Request(url), env, url.pathname.slice(1), null);
    read.push(new Uint8Array(await response.arrayBuffer()));
    yield* ScriptedTranscoder.perform(request);
  });
  await work(transcoder);
  expect(read).toEqual([PNG]);
  const { posterPath, uploadedPoster } = await videoRow(id);
  expect(posterPath).not.toBe(before);
  expect(uploadedPoster).not.toBeNull();
});

test("another choice replaces the image and deletes its file", async () => {
  const { id, upload, pick, kept } = await readyVideo();
  expect((await upload(PNG)).status).toBe(202);
  await makeImages();
  expect(await kept()).toHaveLength(1);
  expect((await pick(2)).status).toBe(202);
  const [asked] = await makeImages();
  expect(asked?.inputs).not.toHaveProperty("poster");
  expect(await videoRow(id)).toMatchObject({ uploadedPoster: null, posterAt: 2 });
  expect(await kept()).toEqual([]);
});

test("lost images are made again from the chosen frame or image", async () => {
  const { id, upload, pick } = await readyVideo();
  const context = jobContext();
  const lose = async () => {
    await collectLeftovers(context, Date.now() + 2 * HOUR_MS);
    const { posterPath } = await videoRow(id);
    await env.MEDIA.delete(`${id}/1/${posterPath}`);
    await checkVideo(context, id, Date.now());
    const [asked] = await makeImages();
    return asked;
  };
  await pick(2);
  await makeImages();
  expect((await lose())?.spec).toMatchObject({ posterAt: 2 });
  await upload(PNG);
  await makeImages();
  const { uploadedPoster } = await videoRow(id);
  const again = await lose();
  expect(again?.spec).toMatchObject({ uploadedPoster });
  expect(again?.inputs["poster"]).toBe(`sources/${id}/poster.${uploadedPoster}`);
  expect((await videoRow(id)).uploadedPoster).toBe(uploadedPoster);
});

test("an unreadable image leaves the posters unchanged", async () => {
  const { id, upload } = await readyVideo();
  const before = await videoRow(id);
  await upload(PNG);
  const failed = {
    type: "failed",
    code: "unreadable_poster",
    detail: "",
    permanent: true,
  } as const;
  await work(new ScriptedTranscoder().on("images", () => [failed]));
  const { state, posterPath, storyboardPath, uploadedPoster } = await videoRow(id);
  expect({ state, posterPath, storyboardPath, uploadedPoster }).toEqual({
    state: "ready",
    posterPath: before.posterPath,
    storyboardPath: before.storyboardPath,
    uploadedPoster: null,
  });
  const task = (await taskRows(id)).find(({ name }) => name.startsWith("images from "));
  expect(task).toMatchObject({ state: "dead", errorCode: "unreadable_poster" });
});

test("a file that is not an image, is too large, or comes too early is refused", async () => {
  const { upload, kept } = await readyVideo();
  const text = new TextEncoder().encode("<svg xmlns='http://www.w3.org/2000/svg'/>");
  expect((await upload(text, "image/png")).status).toBe(400);
  const large = new Uint8Array(MAX_POSTER_BYTES + 1);
  large.set(PNG);
  expect((await upload(large)).status).toBe(413);
  expect(await kept()).toEqual([]);

  const { app, userId } = await newAccount();
  const path = `/v1/videos/${await queuedVideo(userId)}/poster/file`;
  expect((await call(app, "PUT", path, PNG, { "content-type": "image/png" })).status).toBe(409);
});
