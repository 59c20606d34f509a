import { beforeEach, expect, test } from "vitest";
import type { TaskEvent } from "../contract/task-event.ts";
import type { TaskList } from "../contract/task-lists.ts";
import { FailedVideoPage, LiveWork, WorkTaskPage } from "../contract/work.ts";
import { seeRunner } from "../db/runners.ts";
import { recordFailure } from "../jobs/tasks/record-failure.ts";
import { call, newAccount, problemOf } from "../../tests/support/worker/api.ts";
import { ScriptedTranscoder } from "../../tests/support/worker/scripted-transcoder.ts";
import {
  claimAny,
  claimFor,
  claimOf,
  db,
  jobContext,
  performTask,
  queuedVideo,
  stopEverything,
  taskRow,
  taskRows,
  videoRow,
  work,
} from "../../tests/support/worker/transcoding.ts";

const { app, userId } = await newAccount("admin");
const RUNNER = "container-7";

beforeEach(async () => {
  await stopEverything();
  await seeRunner(db, { ...claimOf(RUNNER, 10), id: RUNNER, kind: "container" }, Date.now());
});

const liveWork = async () =>
  LiveWork.parse(await (await call(app, "GET", "/v1/admin/work")).json());
const tasksOf = async (list: TaskList, more = "") =>
  WorkTaskPage.parse(await (await call(app, "GET", `/v1/admin/tasks?list=${list}${more}`)).json());
const failed = async (code: string) =>
  FailedVideoPage.parse(
    await (await call(app, "GET", `/v1/admin/failed-videos?code=${code}`)).json(),
  );
const stop = (id: string) => call(app, "POST", `/v1/admin/tasks/${id}/stop`);
const retryAll = (code: string) => call(app, "POST", "/v1/admin/tasks/retry", { code });

test("an operator sees running tasks per runner, waiting tasks and tasks waiting for a retry", async () => {
  const ids = [await queuedVideo(userId), await queuedVideo(userId), await queuedVideo(userId)];
  const first = await claimAny(RUNNER);
  const { tasks, runners } = await liveWork();
  expect(tasks).toMatchObject({ running: 1, waiting: 2, retrying: 0 });
  expect(tasks.kinds).toEqual([{ kind: "plan", running: 1, waiting: 2, retrying: 0 }]);
  const runner = runners.find(({ id }) => id === RUNNER);
  expect(runner).toMatchObject({ kind: "container", slots: 10, isQuarantined: false });
  expect(runner!.tasks).toMatchObject([
    {
      ...{ id: first.id, kind: "plan", attempt: 1, runner: RUNNER },
      video: { id: first.videoId, title: "A video" },
      creator: { id: userId, name: `Name of ${userId}` },
    },
  ]);
  expect((await tasksOf("running")).items).toHaveLength(1);

  // Listed in pages, oldest first.
  const page = await tasksOf("waiting", "&limit=1");
  const next = await tasksOf("waiting", `&limit=1&cursor=${page.nextCursor}`);
  const waiting = [...page.items, ...next.items].map(({ video }) => video.id);
  expect([first.videoId, ...waiting].toSorted()).toEqual(ids.toSorted());
  expect(next.nextCursor).toBeNull();

  const failure = { code: "encoder_failed", detail: "exit code 1", permanent: false };
  await recordFailure(jobContext(), first, failure);
  const later = await liveWork();
  expect(later.tasks).toMatchObject({ running: 0, waiting: 2, retrying: 1 });
  expect(later.tasks.kinds).toEqual([{ kind: "plan", running: 0, waiting: 2, retrying: 1 }]);
  const [retrying] = (await tasksOf("retrying")).items;
  expect(retrying).toMatchObject({ id: first.id, errorCode: "encoder_failed", runner: null });
  expect(Date.parse(retrying!.retryAt!)).toBeGreaterThan(Date.now());
});

test("a video is published without a task that an operator stops, and gets the missing part when the task is retried", async () => {
  const id = await queuedVideo(userId);
  const context = jobContext();
  await performTask(context, new ScriptedTranscoder(), "local-0", await claimFor(context));
  await context.settle();
  const images = await taskRow(id, "images");
  expect((await stop(images.id)).status).toBe(204);
  expect((await problemOf(await stop(images.id))).code).toBe("conflict");
  await work();
  expect(await videoRow(id)).toMatchObject({ state: "ready", posterPath: null });
  const [dead] = (await tasksOf("failed", "&code=stopped_by_operator")).items;
  expect(dead).toMatchObject({ id: images.id, video: { id } });
  const { errors } = await liveWork();
  expect(errors.find(({ code }) => code === "stopped_by_operator")!.tasks).toBeGreaterThan(0);

  const retry = () => call(app, "POST", `/v1/admin/failed-videos/${id}/retry`);
  expect((await retry()).status).toBe(204);
  await work();
  expect((await videoRow(id)).posterPath).not.toBeNull();
  const left = (await tasksOf("failed", "&code=stopped_by_operator")).items;
  expect(left.filter(({ video }) => video.id === id)).toEqual([]);
  expect((await problemOf(await retry())).code).toBe("conflict");
});

test("stopping a required task fails the video, and a retry restarts all videos with the same error", async () => {
  const code = "stopped_by_operator";
  const id = await queuedVideo(userId);
  const plan = await claimAny(RUNNER);
  expect((await stop(plan.id)).status).toBe(204);
  expect(await videoRow(id)).toMatchObject({ state: "failed", errorCode: code });
  const [video] = (await failed(code)).items;
  expect(video).toMatchObject({ video: { id }, creator: { id: userId }, errorCode: code });
  // It is not among the tasks of watchable videos.
  const dead = (await tasksOf("failed", `&code=${code}`)).items;
  expect(dead.filter((task) => task.video.id === id)).toEqual([]);

  expect(await (await retryAll(code)).json()).toMatchObject({ isComplete: true });
  expect(await videoRow(id)).toMatchObject({ version: 2 });
  await work();
  expect((await videoRow(id)).state).toBe("ready");
  expect((await failed(code)).items.filter((each) => each.video.id === id)).toEqual([]);
});

test("failed videos are listed in pages, newest first, and filtered by error", async () => {
  const detail = "Broken.";
  const broken: TaskEvent = { type: "failed", code: "damaged_file", detail, permanent: true };
  const ids = [await queuedVideo(userId), await queuedVideo(userId)];
  await work(new ScriptedTranscoder(1).on("plan", () => [broken]));
  const at = (query: string) => call(app, "GET", `/v1/admin/failed-videos?${query}`);
  const page = FailedVideoPage.parse(await (await at("limit=1")).json());
  const next = FailedVideoPage.parse(
    await (await at(`limit=1&code=damaged_file&cursor=${page.nextCursor}`)).json(),
  );
  const found = [...page.items, ...next.items].map(({ video }) => video.id);
  expect(found.toSorted()).toEqual(ids.toSorted());
  expect(
    (await liveWork()).errors.find(({ code }) => code === "damaged_file")!.videos,
  ).toBeGreaterThan(1);
  expect(await taskRows(ids[0]!)).not.toEqual([]);
});

test("a task that does not exist cannot be stopped", async () => {
  expect((await problemOf(await stop("0".repeat(22)))).code).toBe("not_found");
});
