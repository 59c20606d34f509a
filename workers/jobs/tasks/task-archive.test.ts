import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { Timeline } from "../../contract/videos.ts";
import type { Plan } from "../../contract/transcodes.ts";
import { archiveRows } from "../../db/transcoding/archive.ts";
import { getTranscode } from "../../db/transcoding/transcodes.ts";
import { videos } from "../../db/schema.ts";
import { call, newAccount } from "../../../tests/support/worker/api.ts";
import { examplePlan, rendition, videoTask } from "../../../tests/support/worker/plan.ts";
import { ScriptedTranscoder } from "../../../tests/support/worker/scripted-transcoder.ts";
import {
  db,
  jobContext,
  queuedVideo,
  stopEverything,
  taskRows,
  videoRow,
  work,
} from "../../../tests/support/worker/transcoding.ts";
import { collectLeftovers } from "./collect.ts";
import { syncDownloads } from "./downloads.ts";

beforeEach(stopEverything);

const HOUR_MS = 3_600_000;
let sweeps = 0;
/** The work of the cron hours after everything has ended. */
const sweepLater = () => collectLeftovers(jobContext(), Date.now() + 2 * HOUR_MS + ++sweeps);

async function readyVideo(transcoder = new ScriptedTranscoder(1)) {
  const { app, userId } = await newAccount();
  const id = await queuedVideo(userId);
  await work(transcoder);
  expect((await videoRow(id)).state).toBe("ready");
  const timeline = async () =>
    Timeline.parse(await (await call(app, "GET", `/v1/videos/${id}/jobs`)).json()).items;
  return { app, id, timeline };
}

async function transcodeOf(id: string) {
  const transcode = await getTranscode(db, { videoId: id, version: 1 });
  if (!transcode) throw new Error("There is no transcode.");
  return transcode;
}

const keysOf = async (id: string) =>
  (await env.MEDIA.list({ prefix: `${id}/1/` })).objects.map(({ key }) => key);

test("a finished video has no task rows and keeps its timeline", async () => {
  const { id, timeline } = await readyVideo();
  const before = await timeline();
  expect(before).toHaveLength(7);
  await sweepLater();
  expect(await taskRows(id)).toEqual([]);
  expect(await timeline()).toEqual(before);
});

test("a failed video keeps a timeline that shows the failure", async () => {
  const { app, userId } = await newAccount();
  const id = await queuedVideo(userId);
  const transcoder = new ScriptedTranscoder().on("audio", () => [
    { type: "failed", code: "damaged_file", detail: "The file is damaged.", permanent: true },
  ]);
  await work(transcoder);
  const read = async () =>
    Timeline.parse(await (await call(app, "GET", `/v1/videos/${id}/jobs`)).json()).items;
  const before = await read();
  expect(before.find(({ kind }) => kind === "audio")).toMatchObject({
    state: "dead",
    error: { code: "damaged_file" },
  });
  await sweepLater();
  expect(await taskRows(id)).toEqual([]);
  expect((await read()).map(({ name, error }) => [name, error])).toEqual(
    before.map(({ name, error }) => [name, error]),
  );
});

test("a poster chosen later is added to the timeline, and no sweep removes files of the video", async () => {
  const { app, id, timeline } = await readyVideo();
  await sweepLater();
  const stored = await keysOf(id);
  expect((await call(app, "PUT", `/v1/videos/${id}/poster`, { at: 3 })).status).toBe(202);
  await work();
  await sweepLater();
  expect(await taskRows(id)).toEqual([]);
  expect(await timeline()).toHaveLength(8);
  const after = await keysOf(id);
  expect(stored.filter((key) => !after.includes(key))).toEqual([]);
  expect(after).toContain(`${id}/1/${(await videoRow(id)).posterPath}`);
  // Only the newest archive is kept.
  const archives = await env.MEDIA.list({ prefix: `${id}/tasks/` });
  expect(archives.objects.map(({ key }) => key)).toEqual([`${id}/tasks/1.2.json`]);
});

test("downloads offered again after the sweep are stitched from stored segments, not encoded again", async () => {
  const plan = examplePlan();
  const webm = { ...rendition(720), id: "vp9-720", codec: "vp9" as const, isDownloadOnly: true };
  const withWebm: Plan = { ...plan, renditions: [...plan.renditions, webm] };
  const transcoder = new ScriptedTranscoder(1).on("plan", () => [
    { type: "done", result: { kind: "plan", plan: withWebm } },
  ]);
  const { id } = await readyVideo(transcoder);
  const setDownloads = async (downloadsEnabled: boolean) => {
    await db.update(videos).set({ downloadsEnabled }).where(eq(videos.id, id));
    await syncDownloads(env, id);
  };
  await setDownloads(true);
  await work(transcoder);
  await sweepLater();
  const kept = (await taskRows(id)).map(({ name }) => name).toSorted();
  expect(kept).toEqual(["download m4a", "download mp4", "download webm"]);

  await setDownloads(false);
  await setDownloads(true);
  const second = new ScriptedTranscoder(1);
  await work(second);
  expect(second.requests.map(({ spec }) => spec.kind)).toEqual([
    "download",
    "download",
    "download",
  ]);
});

test("dead tasks can be retried after the sweep, and their results are published with the rest", async () => {
  const plan = examplePlan();
  const av1 = { ...rendition(720), id: "av1-720", codec: "av1" as const };
  const extra = (chunk: number) => ({
    ...videoTask(`video av1 ${chunk}`, "second-codec", chunk * 2, [av1]),
    stage: "extras" as const,
  });
  const withAv1 = {
    ...plan,
    renditions: [...plan.renditions, av1],
    tasks: [...plan.tasks, extra(0), extra(1)],
  };
  const transcoder = new ScriptedTranscoder(1)
    .on("plan", () => [{ type: "done", result: { kind: "plan", plan: withAv1 } }])
    .on("video", (request) =>
      request.spec.kind === "video" &&
      request.spec.renditions[0]?.id === "av1-720" &&
      request.spec.firstSegment === 2
        ? [{ type: "failed", code: "invalid_task", detail: "x", permanent: true }]
        : ScriptedTranscoder.perform(request),
    );
  const { app, id } = await readyVideo(transcoder);
  await sweepLater();
  expect((await taskRows(id)).map(({ name }) => name)).toContain("video av1 0");
  expect((await taskRows(id)).map(({ kind }) => kind)).not.toContain("images");
  await call(app, "POST", `/v1/videos/${id}/retry`);
  await work();
  const { publication } = await videoRow(id);
  const index = await env.MEDIA.get(`${id}/1/p${publication}/index.json`);
  expect(await index?.text()).toContain("av1-720/2.2");
  await sweepLater();
  expect(await taskRows(id)).toEqual([]);
});

test("a plan takes a few hundred bytes, even one that was stored as JSON", async () => {
  const { id } = await readyVideo();
  const { plan } = await transcodeOf(id);
  const size = () =>
    env.CATALOG.prepare("SELECT length(CAST(plan AS BLOB)) AS n FROM transcodes WHERE video_id = ?")
      .bind(id)
      .first<number>("n");
  expect(await size()).toBeLessThan(250);
  await env.CATALOG.prepare("UPDATE transcodes SET plan = ? WHERE video_id = ?")
    .bind(JSON.stringify(plan), id)
    .run();
  expect(await size()).toBeGreaterThan(900);
  expect((await transcodeOf(id)).plan).toEqual(plan);
  await sweepLater();
  expect(await size()).toBeLessThan(250);
  expect((await transcodeOf(id)).plan).toEqual(plan);
});

test("a transcode that has changed since it was read keeps its rows", async () => {
  const { app, id } = await readyVideo();
  const before = await transcodeOf(id);
  await call(app, "PUT", `/v1/videos/${id}/poster`, { at: 3 });
  const ids = (await taskRows(id)).map((task) => task.id);
  expect(await archiveRows(db, before, ids, Date.now())).toBe(false);
  expect(await taskRows(id)).toHaveLength(ids.length);
  expect(await transcodeOf(id)).toMatchObject({ sweptAt: null, archive: 0 });
});
