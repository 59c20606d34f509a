import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import type { VersionList } from "../contract/versions.ts";
import { transcodes, videoVersions } from "../db/transcoding-schema.ts";
import { LIMITS } from "../domain/limits.ts";
import { checkVideo } from "../jobs/storage/check-video.ts";
import { collectLeftovers } from "../jobs/tasks/collect.ts";
import { problemOf } from "../../tests/support/worker/api.ts";
import { ScriptedTranscoder } from "../../tests/support/worker/scripted-transcoder.ts";
import {
  isServed,
  readyVideo,
  RECIPE,
  states,
  workOn,
} from "../../tests/support/worker/versions.ts";
import {
  db,
  jobContext,
  stopEverything,
  videoRow,
  work,
} from "../../tests/support/worker/transcoding.ts";

beforeEach(stopEverything);

const HOUR_MS = 3_600_000;

test("an edit plays only once it is ready, with its captions and chapters", async () => {
  const { id, edit, list, play, captions, chapters } = await readyVideo();
  const before = await play();
  const asked = await edit();
  expect(asked.status).toBe(202);
  expect(await asked.json()).toMatchObject({
    items: [
      { version: 2, state: "encoding", recipe: RECIPE, progress: 0 },
      { version: 1, state: "current", recipe: null, duration: 16 },
    ],
    whole: { version: 1, duration: 16, frameRate: 25 },
  });
  expect(await videoRow(id)).toMatchObject({ version: 1, state: "ready" });
  await workOn(10);
  expect(await videoRow(id)).toMatchObject({ version: 2, state: "ready", duration: 10 });
  expect(states(await list())).toEqual([
    [2, "current"],
    [1, "kept"],
  ]);
  const after = await play();
  expect(after.hls).toContain(`/${id}/2/p`);
  expect(await isServed(after.hls)).toBe(true);
  // Viewers who watch the previous version continue with it.
  expect(await isServed(before.hls)).toBe(true);
  expect(await captions()).toBe(
    "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nfirst\n\n00:00:06.000 --> 00:00:07.000\nlast\n",
  );
  expect(await chapters()).toEqual([
    { start: 0, title: "Harbour" },
    { start: 4, title: "Storm" },
    { start: 6, title: "Calm" },
  ]);
  expect(after.captions).toHaveLength(1);
  expect(await isServed(after.captions[0]?.url ?? "")).toBe(true);
});

test("a creator can return to any version at once, with its captions and chapters", async () => {
  const { id, edit, list, publish, play, captions, chapters } = await readyVideo();
  const [text, own] = [await captions(), await chapters()];
  await edit();
  await workOn(10);
  expect((await play(1)).hls).toContain(`/${id}/1/p`);
  expect((await publish(1)).status).toBe(200);
  expect(await videoRow(id)).toMatchObject({ version: 1, duration: 16, state: "ready" });
  expect([await captions(), await chapters()]).toEqual([text, own]);
  expect(await isServed((await play()).hls)).toBe(true);
  await publish(2);
  expect(await videoRow(id)).toMatchObject({ version: 2, duration: 10 });
  expect(await captions()).not.toBe(text);
  expect(states(await list())).toEqual([
    [2, "current"],
    [1, "kept"],
  ]);
});

test("the next edit starts from the whole file and can restore parts that an earlier edit cut out", async () => {
  const { edit, list, captions, chapters } = await readyVideo();
  await edit();
  await workOn(10);
  expect((await list()).whole).toMatchObject({ version: 1, duration: 16 });
  await edit({ keep: [{ from: 4, to: 16 }] });
  await workOn(12);
  expect(await captions()).toBe(
    "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\ngone\n\n00:00:08.000 --> 00:00:09.000\nlast\n",
  );
  expect(await chapters()).toEqual([
    { start: 0, title: "Harbour" },
    { start: 1, title: "Storm" },
    { start: 8, title: "Calm" },
  ]);
});

test("kept versions survive the sweep and the repair, and discarded ones are deleted", async () => {
  const { id, edit, play, publish, remove, list } = await readyVideo();
  await edit();
  await workOn(10);
  const later = Date.now() + 2 * HOUR_MS;
  await collectLeftovers(jobContext(), later);
  await checkVideo(jobContext(), id, later);
  const { objects } = await env.MEDIA.list({ prefix: `${id}/2/files/` });
  expect(objects.filter(({ key }) => key.endsWith("part.mp4"))).toEqual([]);
  expect(await isServed((await play(1)).hls)).toBe(true);
  await publish(1);
  // The whole file plays now, so the edit may be removed.
  expect((await remove(1)).status).toBe(409);
  expect((await remove(2)).status).toBe(200);
  expect(states(await list())).toEqual([[1, "current"]]);
  await collectLeftovers(jobContext(), Date.now() + 2 * HOUR_MS);
  const left = await env.MEDIA.list({ prefix: `${id}/2/` });
  expect(left.objects).toEqual([]);
  expect(await isServed((await play()).hls)).toBe(true);
});

test("an edit that loses its segments is made again by its recipe", async () => {
  const { id, edit, list } = await readyVideo();
  await edit();
  await workOn(10);
  await collectLeftovers(jobContext(), Date.now() + 2 * HOUR_MS);
  const { objects } = await env.MEDIA.list({ prefix: `${id}/2/h264-360/` });
  await env.MEDIA.delete(objects.map(({ key }) => key));
  await checkVideo(jobContext(), id, Date.now());
  const made: string[] = [];
  const transcoder = new ScriptedTranscoder(1).on("edit", async function* (request) {
    made.push(request.inputs["source"] ?? "");
    yield* ScriptedTranscoder.perform(request);
  });
  await work(transcoder);
  expect(made.length).toBeGreaterThan(1);
  expect(await videoRow(id)).toMatchObject({ version: 3, state: "ready" });
  expect((await list()).items).toMatchObject([
    { version: 3, state: "current", recipe: RECIPE },
    { version: 1, state: "kept" },
  ]);
});

test("only one edit is made at a time, and it can be cancelled", async () => {
  const { id, edit, list, remove } = await readyVideo();
  await edit();
  expect(await problemOf(await edit())).toMatchObject({ code: "conflict" });
  expect((await remove(2)).status).toBe(200);
  await workOn(10);
  expect(await videoRow(id)).toMatchObject({ version: 1, state: "ready", duration: 16 });
  expect(states(await list())).toEqual([[1, "current"]]);
  // The version number is not reused.
  expect((await edit()).status).toBe(202);
  expect((await list()).items[0]).toMatchObject({ version: 3, state: "encoding" });
});

test("a failed edit reports the reason, and the video keeps playing", async () => {
  const { id, edit, list, play } = await readyVideo();
  const { hls } = await play();
  await edit();
  const failed = {
    type: "failed",
    code: "damaged_file",
    detail: "Broken.",
    permanent: true,
  } as const;
  await work(new ScriptedTranscoder(1).on("edit", () => [failed]));
  expect(await videoRow(id)).toMatchObject({ version: 1, state: "ready", errorCode: null });
  expect((await list()).items[0]).toMatchObject({
    version: 2,
    state: "failed",
    error: { code: "damaged_file" },
  });
  // Current viewers are not interrupted.
  expect(await isServed(hls)).toBe(true);
  expect((await edit()).status).toBe(202);
});

test.each([
  [
    "is out of order",
    [
      { from: 5, to: 6 },
      { from: 1, to: 2 },
    ],
  ],
  ["keeps everything", [{ from: 0, to: 16 }]],
  ["keeps nothing", [{ from: 20, to: 30 }]],
  ["ends before it begins", [{ from: 3, to: 1 }]],
])("a recipe that %s is refused", async (_, keep) => {
  const { edit } = await readyVideo();
  expect(await problemOf(await edit({ keep }))).toMatchObject({ code: "invalid_request" });
});

test("a video has a limited number of versions", async () => {
  const { id, edit } = await readyVideo();
  const { ownerId, sourceKey } = await videoRow(id);
  const now = Date.now();
  await db.insert(transcodes).values({
    ...{ videoId: id, ownerId, version: LIMITS.versionsPerVideo, sourceKey: sourceKey ?? "" },
    ...{ state: "failed", createdAt: now, updatedAt: now },
  });
  expect(await problemOf(await edit())).toMatchObject({ code: "limit_reached" });
});

test("older versions lose their streams but keep their recipe, from which they are fully made again", async () => {
  const video = await readyVideo();
  const { id, edit, list, captions, chapters, play } = video;
  await edit({ keep: [{ from: 1, to: 16 }] });
  await workOn(15);
  const renamed = [
    { start: 0, title: "Quay" },
    { start: 3, title: "Gale" },
  ];
  await video.setChapters(renamed);
  const text = await captions();
  for (let from = 2; from <= 7; from++) {
    await edit({ keep: [{ from, to: 16 }] });
    await workOn(16 - from);
  }
  const kept = [7, 6, 5, 4, 3].map((version) => [version, "kept"]);
  expect(states(await list())).toEqual([[8, "current"], ...kept, [2, "archived"], [1, "kept"]]);
  const second = and(eq(transcodes.videoId, id), eq(transcodes.version, 2));
  expect(await db.select().from(transcodes).where(second)).toMatchObject([{ state: "failed" }]);
  const later = Date.now() + 2 * HOUR_MS;
  await collectLeftovers(jobContext(), later);
  await checkVideo(jobContext(), id, later);
  expect((await env.MEDIA.list({ prefix: `${id}/2/` })).objects).toEqual([]);

  const asked = await video.publish(2);
  expect(asked.status).toBe(202);
  expect((await asked.json<VersionList>()).items[0]).toMatchObject({
    ...{ version: 9, state: "encoding", recipe: { keep: [{ from: 1, to: 16 }] } },
  });
  expect(await videoRow(id)).toMatchObject({ version: 8, state: "ready" });
  await workOn(15);
  expect(await videoRow(id)).toMatchObject({ version: 9, state: "ready", duration: 15 });
  expect([await captions(), await chapters()]).toEqual([text, renamed]);
  expect(await isServed((await play()).hls)).toBe(true);
  // It replaces the archived version, and another one is archived instead.
  expect(states(await list())).toEqual([
    [9, "current"],
    ...[8, 7, 6, 5, 4].map((version) => [version, "kept"]),
    [3, "archived"],
    [1, "kept"],
  ]);
});

test("an archived version whose encode is stopped stays archived, and can be removed for good", async () => {
  const { id, edit, list, publish, remove, play } = await readyVideo();
  await edit();
  await workOn(10);
  await publish(1);
  await db
    .update(videoVersions)
    .set({ state: "archived" })
    .where(and(eq(videoVersions.videoId, id), eq(videoVersions.version, 2)));
  expect((await publish(2)).status).toBe(202);
  expect((await remove(3)).status).toBe(200);
  expect(states(await list())).toEqual([
    [2, "archived"],
    [1, "current"],
  ]);
  expect((await remove(2)).status).toBe(200);
  expect(await problemOf(await publish(2))).toMatchObject({ code: "not_found" });
  expect(await isServed((await play()).hls)).toBe(true);
});
