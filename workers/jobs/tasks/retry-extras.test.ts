import { beforeEach, expect, test } from "vitest";
import type { TaskEvent } from "../../contract/task-event.ts";
import type { TaskRetryResult } from "../../contract/task-retry.ts";
import type { Video } from "../../contract/videos.ts";
import { call, newAccount, problemOf } from "../../../tests/support/worker/api.ts";
import { ScriptedTranscoder } from "../../../tests/support/worker/scripted-transcoder.ts";
import {
  queuedVideo,
  stopEverything,
  taskRow,
  videoRow,
  work,
} from "../../../tests/support/worker/transcoding.ts";

beforeEach(stopEverything);

const broken: TaskEvent = { type: "failed", code: "invalid_task", detail: "x", permanent: true };

/** A ready video without its images, whose task has died. */
async function videoWithoutImages(ownerId?: string): Promise<string> {
  const id = await queuedVideo(ownerId);
  await work(new ScriptedTranscoder().on("images", () => [broken]));
  expect(await videoRow(id)).toMatchObject({ state: "ready", posterPath: null });
  expect((await taskRow(id, "images")).state).toBe("dead");
  return id;
}

test("a creator's retry makes the missing extras of a ready video and publishes it again", async () => {
  const { app, userId } = await newAccount();
  const id = await videoWithoutImages(userId);
  const retry = () => call(app, "POST", `/v1/videos/${id}/retry`);
  expect(await (await retry()).json<Video>()).toMatchObject({ state: "ready", error: null });
  expect(await videoRow(id)).toMatchObject({ state: "ready", version: 1 });
  await work();
  const task = await taskRow(id, "images");
  expect(task).toMatchObject({ state: "done", attempt: 2, failures: 0 });
  expect(await videoRow(id)).toMatchObject({
    state: "ready",
    publication: 2,
    posterPath: `files/${task.id}.2/poster.jpg`,
  });
  expect((await problemOf(await retry())).code).toBe("conflict");
});

test("an admin retries only the tasks that died of one error", async () => {
  const admin = await newAccount("admin");
  const creator = await newAccount();
  const ids = [await videoWithoutImages(), await videoWithoutImages()];
  const retry = (code: string, app = admin.app) =>
    call(app, "POST", "/v1/admin/tasks/retry", { code });
  expect((await problemOf(await retry("invalid_task", creator.app))).code).toMatch(
    /forbidden|insufficient_scope/,
  );
  expect(await (await retry("out_of_memory")).json()).toEqual({ videos: 0, isComplete: true });
  const result = await (await retry("invalid_task")).json<TaskRetryResult>();
  expect(result).toEqual({ videos: 2, isComplete: true });
  await work();
  for (const id of ids) expect((await videoRow(id)).posterPath).not.toBeNull();
  expect(await (await retry("invalid_task")).json()).toEqual({ videos: 0, isComplete: true });
});
