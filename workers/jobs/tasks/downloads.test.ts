import { env } from "cloudflare:workers";
import { beforeEach, expect, test, vi } from "vitest";
import type { Playback } from "../../contract/playback.ts";
import type { Plan } from "../../contract/transcodes.ts";
import { isExtraStage } from "../../domain/tasks/task-order.ts";
import { publicationFolder } from "../../media/storage-keys.ts";
import { appAs, call, newAccount } from "../../../tests/support/worker/api.ts";
import { collectLeftovers } from "./collect.ts";
import { syncDownloads } from "./downloads.ts";
import { ScriptedTranscoder } from "../../../tests/support/worker/scripted-transcoder.ts";
import {
  jobContext,
  queuedVideo,
  stopEverything,
  taskRow,
  taskRows,
  videoRow,
  work,
} from "../../../tests/support/worker/transcoding.ts";
import {
  examplePlan,
  finishExtras,
  rendition,
  videoTask,
} from "../../../tests/support/worker/plan.ts";

beforeEach(stopEverything);

const HOUR_MS = 3_600_000;

/** A queued video, with requests of its creator and of a viewer. */
async function videoWithCreator() {
  const account = await newAccount();
  const id = await queuedVideo(account.userId);
  const app = appAs(account);
  const setDownloads = async (downloadsEnabled: boolean) => {
    const response = await call(app, "PATCH", `/v1/videos/${id}`, { downloadsEnabled });
    expect(response.status).toBe(200);
  };
  const offeredFormats = async () => {
    const response = await call(app, "POST", `/v1/videos/${id}/playback`, {});
    return (await response.json<Playback>()).downloads.map(({ format }) => format).toSorted();
  };
  return { id, setDownloads, offeredFormats };
}

const downloadsOf = async (id: string) =>
  (await taskRows(id)).filter(({ kind }) => kind === "download");
async function filesOf(id: string) {
  return (await env.MEDIA.list({ prefix: `${id}/1/files/` })).objects
    .map(({ key }) => key)
    .filter((key) => /\.(mp4|m4a|webm)$/.test(key));
}

/** Waits until the events queue has created or removed the tasks. */
const waitForDownloads = (id: string, count: number) =>
  vi.waitFor(async () => expect(await downloadsOf(id)).toHaveLength(count), { timeout: 100_000 });

/** The example with VP9 after `ready`, and Opus for a WebM download. */
function planWithVp9(): Plan {
  const plan = examplePlan();
  const vp9 = { ...rendition(720), id: "vp9-720", codec: "vp9" as const };
  const [audio] = plan.renditions.filter(({ type }) => type === "audio");
  const opus = { ...audio!, id: "opus-0", codec: "opus" } as Plan["renditions"][number];
  const extras = [
    { ...videoTask("video vp9 0", "second-codec", 0, [vp9]), stage: "extras" as const },
    { ...videoTask("video vp9 1", "second-codec", 2, [vp9]), stage: "extras" as const },
    finishExtras,
  ];
  return {
    ...plan,
    renditions: [...plan.renditions, vp9, opus],
    tasks: [...plan.tasks, ...extras],
  };
}

test("a video has downloads only once its creator offers them, and they are named after it", async () => {
  const { id, setDownloads, offeredFormats } = await videoWithCreator();
  await work();
  expect(await videoRow(id)).toMatchObject({ state: "ready" });
  expect([await downloadsOf(id), await offeredFormats()]).toEqual([[], []]);

  await setDownloads(true);
  await waitForDownloads(id, 2);
  expect(await offeredFormats()).toEqual([]);
  expect((await taskRow(id, "download mp4")).spec).toMatchObject({ title: "A video" });
  await work();
  expect(await offeredFormats()).toEqual(["m4a", "mp4"]);
  expect(await filesOf(id)).toHaveLength(2);
});

test("turning downloads off removes the files, and turning them on again recreates them", async () => {
  const { id, setDownloads, offeredFormats } = await videoWithCreator();
  await setDownloads(true);
  await work();
  await waitForDownloads(id, 2);
  await work();
  expect(await filesOf(id)).toHaveLength(2);

  await setDownloads(false);
  expect(await offeredFormats()).toEqual([]);
  await waitForDownloads(id, 0);
  await vi.waitFor(async () => expect(await filesOf(id)).toEqual([]), { timeout: 100_000 });

  await setDownloads(true);
  await waitForDownloads(id, 2);
  await work();
  expect(await offeredFormats()).toEqual(["m4a", "mp4"]);
});

test("an attempt that stores a file after downloads were turned off leaves nothing behind", async () => {
  const { id, setDownloads } = await videoWithCreator();
  await work();
  await setDownloads(true);
  await waitForDownloads(id, 2);
  const transcoder = new ScriptedTranscoder().on("download", async function* (request) {
    await setDownloads(false);
    await waitForDownloads(id, 0);
    yield* ScriptedTranscoder.performSilently(request);
  });
  await work(transcoder);
  expect(await filesOf(id)).not.toEqual([]);
  expect(await downloadsOf(id)).toEqual([]);
  await collectLeftovers(jobContext(), Date.now() + 2 * HOUR_MS);
  expect(await filesOf(id)).toEqual([]);
  expect(await videoRow(id)).toMatchObject({ state: "ready", posterPath: expect.any(String) });
  expect(await env.MEDIA.head(`${id}/1/${(await videoRow(id)).posterPath}`)).not.toBeNull();
});

test("repeated messages add no tasks and do not restart a finished transcode", async () => {
  const { id, setDownloads } = await videoWithCreator();
  await setDownloads(true);
  await work();
  await waitForDownloads(id, 2);
  await work();
  const before = await taskRows(id);
  await syncDownloads(env, id);
  await syncDownloads(env, id);
  const idle = new ScriptedTranscoder();
  await work(idle);
  expect(idle.requests).toEqual([]);
  expect(await taskRows(id)).toEqual(before);
});

test("without a second codec a WebM download is encoded on demand, and no playlist has its rendition", async () => {
  const { id, setDownloads, offeredFormats } = await videoWithCreator();
  const plan = planWithVp9();
  plan.renditions = plan.renditions.map((rendition) =>
    rendition.id === "vp9-720" ? { ...rendition, isDownloadOnly: true } : rendition,
  ) as Plan["renditions"];
  plan.tasks = plan.tasks.filter(({ stage }) => !isExtraStage(stage));
  const transcoder = new ScriptedTranscoder(1).on("plan", () => [
    { type: "done", result: { kind: "plan", plan } },
  ]);
  await work(transcoder);
  expect(transcoder.requests.some(({ outputs }) => "vp9-720" in outputs)).toBe(false);

  await setDownloads(true);
  await waitForDownloads(id, 3);
  await work(transcoder);
  expect(await offeredFormats()).toEqual(["m4a", "mp4", "webm"]);
  const webmRequest = transcoder.requests.find(
    ({ spec }) => spec.kind === "download" && spec.format === "webm",
  );
  const segments = Object.keys(webmRequest?.inputs ?? {}).filter((name) =>
    name.startsWith("vp9-720/"),
  );
  expect(segments).toHaveLength(plan.grid.segmentCount + 1);

  const { publication } = await videoRow(id);
  const folder = `${id}/1/${publicationFolder(publication)}/`;
  const index = await (await env.MEDIA.get(`${folder}index.json`))!.text();
  const multivariant = await (await env.MEDIA.get(`${folder}multivariant.m3u8`))!.text();
  expect([index.includes("vp9-720"), multivariant.includes("vp9-720")]).toEqual([true, false]);
  const rows = await taskRows(id);
  expect(rows.filter(({ state }) => state !== "done")).toEqual([]);
  expect(rows.filter(({ result }) => result?.kind === "media")).toEqual([]);

  await setDownloads(false);
  await waitForDownloads(id, 0);
  await setDownloads(true);
  await waitForDownloads(id, 3);
  const third = new ScriptedTranscoder(1);
  await work(third);
  expect(third.requests.map(({ spec }) => spec.kind)).toEqual(["download", "download", "download"]);
  expect(await offeredFormats()).toEqual(["m4a", "mp4", "webm"]);
});

test("with a second codec there is a WebM download too, joined from the segments of the second codec", async () => {
  const { id, setDownloads, offeredFormats } = await videoWithCreator();
  await setDownloads(true);
  const transcoder = new ScriptedTranscoder(1).on("plan", () => [
    { type: "done", result: { kind: "plan", plan: planWithVp9() } },
  ]);
  await work(transcoder);
  await waitForDownloads(id, 3);
  await work(transcoder);
  expect(await offeredFormats()).toEqual(["m4a", "mp4", "webm"]);
  const webmRequest = transcoder.requests.find(
    ({ spec }) => spec.kind === "download" && spec.format === "webm",
  );
  expect(Object.keys(webmRequest?.inputs ?? {}).toSorted()).toEqual([
    "opus-0/0",
    "opus-0/1",
    "opus-0/2",
    "opus-0/3",
    "opus-0/init",
    "source",
    "vp9-720/0",
    "vp9-720/1",
    "vp9-720/2",
    "vp9-720/3",
    "vp9-720/init",
  ]);
});
