import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { tasks } from "../../db/transcoding-schema.ts";
import { pauseTranscodes, retryTranscode } from "../../db/transcoding/transcodes.ts";
import { runBatch } from "../../db/client.ts";
import { MAX_FAILURES } from "../../domain/tasks/task-state.ts";
import { planSettings, planTask } from "../../domain/tasks/plan-settings.ts";
import { ScriptedTranscoder } from "../../../tests/support/worker/scripted-transcoder.ts";
import {
  claimFor,
  claimOf,
  claimWork,
  db,
  encoderFailed,
  jobContext,
  performTask,
  queuedVideo,
  stopEverything,
  taskRow,
  videoRow,
  work,
} from "../../../tests/support/worker/transcoding.ts";
import { examplePlan, output } from "../../../tests/support/worker/plan.ts";
import { recoverExpired } from "./recover.ts";
import { recordProgress, recordResult } from "../runners/runner-work.ts";

beforeEach(stopEverything);
/** Makes tasks that wait for their next attempt runnable now. */
const skipBackoff = (videoId: string) =>
  db.update(tasks).set({ notBefore: 0 }).where(eq(tasks.videoId, videoId));

test("a failed task is retried later, and the video still becomes ready", async () => {
  const id = await queuedVideo();
  const context = jobContext();
  await performTask(context, new ScriptedTranscoder(), "local-0", await claimFor(context));
  await context.settle();
  const audioOnly = { kinds: ["audio" as const], codecs: ["aac" as const] };
  const claim = { ...claimOf("local-0"), capabilities: audioOnly };
  const answer = await claimWork(context, claim, 10, Date.now());
  if (answer.type !== "task") throw new Error("There is no audio task.");
  const { taskId, attempt } = answer.task;
  const now = Date.now();
  const report = { taskId, attempt, runner: "local-0", outcome: encoderFailed };
  expect(await recordResult(context, report, now)).toEqual({ type: "recorded" });
  const waiting = await taskRow(id, "audio");
  expect(waiting).toMatchObject({
    state: "queued",
    failures: 1,
    attempt: 1,
    errorCode: "encoder_failed",
    runner: null,
  });
  expect(waiting.notBefore).toBeGreaterThan(now);

  await skipBackoff(id);
  await work();
  expect(await taskRow(id, "audio")).toMatchObject({ state: "done", attempt: 2, errorCode: null });
  expect((await videoRow(id)).state).toBe("ready");
});

test("after the last attempt the task is dead, and the video says what failed and what to do", async () => {
  const id = await queuedVideo();
  let attempts = 0;
  const transcoder = new ScriptedTranscoder().on("audio", () => [
    ++attempts < MAX_FAILURES ? encoderFailed : { ...encoderFailed, code: "task_timeout" },
  ]);
  for (let round = 0; round < MAX_FAILURES; round++) {
    await skipBackoff(id);
    await work(transcoder);
  }
  expect(await taskRow(id, "audio")).toMatchObject({
    state: "dead",
    failures: MAX_FAILURES,
    errorDetail: "exit code 1",
  });
  const video = await videoRow(id);
  expect(video).toMatchObject({ state: "failed", errorCode: "task_timeout" });
  expect(video.errorDetail).toMatch(/took longer than allowed.*tried several times.*file is kept/);
  expect(await taskRow(id, "finish")).toMatchObject({ state: "dead", errorCode: "cancelled" });
  expect(await env.MEDIA.head(video.sourceKey ?? "")).not.toBeNull();
});

test("a source that cannot be used fails at once, with the transcoder's message", async () => {
  const id = await queuedVideo();
  const transcoder = new ScriptedTranscoder().on("plan", () => [
    {
      type: "failed",
      code: "no_video_stream",
      detail: "The file has audio but no video.",
      permanent: true,
    },
  ]);
  await work(transcoder);
  expect(await videoRow(id)).toMatchObject({
    state: "failed",
    errorCode: "no_video_stream",
    errorDetail: "The file has audio but no video.",
  });
  expect(transcoder.requests).toHaveLength(1);
});

test("a retry starts over once, from the kept source, as a new version", async () => {
  const id = await queuedVideo();
  const failing = new ScriptedTranscoder().on("plan", () => [
    { ...encoderFailed, permanent: true },
  ]);
  await work(failing);
  const { ownerId, version, sourceKey } = await videoRow(id);
  const video = { id, ownerId, version, sourceKey: sourceKey ?? "", contentKey: "not used" };
  const plan = planTask(planSettings(env), false);
  await runBatch(db, retryTranscode(db, video, plan));
  await runBatch(db, retryTranscode(db, video, plan));
  expect(await videoRow(id)).toMatchObject({ state: "queued", version: 2, errorCode: null });

  const transcoder = new ScriptedTranscoder();
  await work(transcoder);
  expect(await videoRow(id)).toMatchObject({ state: "ready", version: 2, publication: 1 });
  expect(transcoder.requests.filter(({ spec }) => spec.kind === "plan")).toHaveLength(1);
  expect(await env.MEDIA.head(`${id}/2/p1/index.json`)).not.toBeNull();
});

test("images that cannot be made do not fail the video", async () => {
  const id = await queuedVideo();
  const transcoder = new ScriptedTranscoder().on("images", () => [
    { ...encoderFailed, permanent: true },
  ]);
  await work(transcoder);
  expect(await taskRow(id, "images")).toMatchObject({ state: "dead" });
  expect(await videoRow(id)).toMatchObject({ state: "ready", posterPath: null });
});

test("a video is published without an additional audio track that cannot be decoded", async () => {
  const id = await queuedVideo();
  const plan = examplePlan();
  const main = plan.tasks.find(({ name }) => name === "audio");
  if (main?.spec.kind !== "audio") throw new Error("The plan has no audio task.");
  const commentary = { ...main.spec.rendition, id: "audio-1", isDefault: false };
  plan.renditions.push(commentary);
  plan.tasks.push({ ...main, name: "commentary", spec: { ...main.spec, rendition: commentary } });
  const transcoder = new ScriptedTranscoder()
    .on("plan", () => [{ type: "done", result: { kind: "plan", plan } }])
    .on("audio", (request) =>
      request.spec.kind === "audio" && request.spec.rendition.isDefault
        ? ScriptedTranscoder.perform(request)
        : [{ ...encoderFailed, code: "damaged_file", permanent: true }],
    );
  await work(transcoder);
  expect(await taskRow(id, "commentary")).toMatchObject({ state: "dead" });
  expect((await videoRow(id)).state).toBe("ready");
  const index = await (await env.MEDIA.get(`${id}/1/p1/index.json`))?.text();
  expect(index).toContain('"audio-0"');
  expect(index).not.toContain('"audio-1"');
});

test("a task handed back by a stopping runner does not count as a failure", async () => {
  const id = await queuedVideo();
  let attempts = 0;
  const transcoder = new ScriptedTranscoder().on("plan", (request) =>
    ++attempts === 1
      ? [{ ...encoderFailed, code: "runner_restarted" }]
      : ScriptedTranscoder.perform(request),
  );
  await work(transcoder);
  expect(await taskRow(id, "plan")).toMatchObject({ state: "done", failures: 0, attempt: 2 });
});

test("another runner takes over the task of a lost runner, and the lost attempt can change nothing", async () => {
  const id = await queuedVideo();
  const context = jobContext();
  const { taskId, attempt } = await claimFor(context);
  // The runner is gone, so the lease is not renewed.
  await db
    .update(tasks)
    .set({ leaseUntil: Date.now() - 1 })
    .where(eq(tasks.id, taskId));
  await recoverExpired(context);
  expect(await taskRow(id, "plan")).toMatchObject({
    state: "queued",
    failures: 0,
    interruptions: 1,
    errorCode: "lease_expired",
  });
  await skipBackoff(id);
  await work();
  expect((await videoRow(id)).state).toBe("ready");

  const before = [await videoRow(id), await taskRow(id, "plan")];
  // The lost attempt comes back and reports all of its results.
  const report = { taskId, attempt, runner: "local-0" };
  const progress = { ...report, ratio: 0.9, outputs: {} };
  expect(await recordProgress(context, progress, Date.now())).toEqual({ type: "stop" });
  const outcome = { type: "done", result: { kind: "plan", plan: examplePlan() } } as const;
  expect(await recordResult(context, { ...report, outcome }, Date.now())).toEqual({ type: "lost" });
  expect([await videoRow(id), await taskRow(id, "plan")]).toEqual(before);
});

test("a lost attempt that encodes a chunk again does not overwrite published files", async () => {
  const id = await queuedVideo();
  const context = jobContext();
  const lost = new ScriptedTranscoder();
  await performTask(context, lost, "local-0", await claimFor(context));
  await context.settle();
  const task = await claimFor(context);
  expect(task.taskId).toBe((await taskRow(id, "video 0 360p")).id);
  await db.update(tasks).set({ leaseUntil: 1 }).where(eq(tasks.id, task.taskId));
  await recoverExpired(context);
  await skipBackoff(id);
  await work();
  const winner = await env.MEDIA.head(`${id}/1/h264-360/0.2/00000.m4s`);

  expect(await performTask(context, lost, "local-0", task)).toBe("stopped");
  const after = await env.MEDIA.head(`${id}/1/h264-360/0.2/00000.m4s`);
  expect(after?.uploaded).toEqual(winner?.uploaded);
  const index = await (await env.MEDIA.get(`${id}/1/p1/index.json`))?.text();
  expect(index).toContain('"h264-360/0.2"');
  expect(index).not.toContain('"h264-360/0.1"');
});

test("the running task of a deleted video is stopped and its slot is free at once", async () => {
  const id = await queuedVideo();
  let stopped = false;
  const transcoder = new ScriptedTranscoder(1).on("audio", async function* () {
    await runBatch(db, pauseTranscodes(db, [id], Date.now()));
    try {
      yield { type: "segments", rendition: "audio-0", output: output(0, 1, 48_000) };
    } finally {
      stopped = true;
    }
    throw new Error("The task was not stopped.");
  });
  await work(transcoder);
  expect(stopped).toBe(true);
  expect(await taskRow(id, "audio")).toMatchObject({
    state: "queued",
    failures: 0,
    runner: null,
  });
});
