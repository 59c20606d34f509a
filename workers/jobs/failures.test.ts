import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import type { TaskEvent } from "../contract/task-event.ts";
import { tasks } from "../db/schema.ts";
import { claimTask, reportProgress, schedulerState, type Task } from "../db/transcoding/tasks.ts";
import { cancelTranscodes, retryTranscode } from "../db/transcoding/transcodes.ts";
import { runBatch } from "../db/client.ts";
import { MAX_FAILURES } from "../domain/task-state.ts";
import { planSettings, planTask } from "../domain/plan-settings.ts";
import { nextTask } from "../domain/next-task.ts";
import {
  db,
  jobContext,
  queuedVideo,
  ScriptedTranscoder,
  stopEverything,
  taskRow,
  taskRows,
  videoRow,
  work,
} from "../../tests/support/worker/transcoding.ts";
import { examplePlan, output } from "../../tests/support/worker/plan.ts";
import { runTask } from "./run-task.ts";
import { recoverExpired } from "./recover.ts";
import { wakeConsumers } from "./tickets.ts";

beforeEach(stopEverything);
const broken: TaskEvent = {
  type: "failed",
  code: "encoder_failed",
  detail: "exit code 1",
  permanent: false,
};

/** Backoff is over: what waits may run now. */
const skipWaiting = (videoId: string) =>
  db.update(tasks).set({ notBefore: 0 }).where(eq(tasks.videoId, videoId));

async function claimNext(transcoder: ScriptedTranscoder): Promise<Task> {
  const assignment = nextTask(await schedulerState(db, transcoder.slots, Date.now()));
  const task = assignment && (await claimTask(db, assignment, Date.now()));
  if (!task) throw new Error("nothing to claim");
  return task;
}

test("a failed attempt waits, is tried again, and leaves no trace in the outcome", async () => {
  const id = await queuedVideo();
  let tries = 0;
  const transcoder = new ScriptedTranscoder().on("audio", (request) =>
    ++tries === 1 ? [broken] : ScriptedTranscoder.perform(request),
  );
  await work(transcoder);
  const waiting = await taskRow(id, "audio");
  expect(waiting).toMatchObject({
    state: "queued",
    failures: 1,
    attempt: 1,
    errorCode: "encoder_failed",
    runner: null,
  });
  expect(waiting.notBefore).toBeGreaterThan(Date.now());
  expect((await videoRow(id)).state).toBe("processing");

  await skipWaiting(id);
  await work(transcoder);
  expect(await taskRow(id, "audio")).toMatchObject({ state: "done", attempt: 2, errorCode: null });
  expect((await videoRow(id)).state).toBe("ready");
});

test("after the last attempt the task is dead, and the video says what failed and what to do", async () => {
  const id = await queuedVideo();
  let attempts = 0;
  const transcoder = new ScriptedTranscoder().on("audio", () => [
    ++attempts < MAX_FAILURES ? broken : { ...broken, code: "task_timeout" },
  ]);
  for (let round = 0; round < MAX_FAILURES; round++) {
    await skipWaiting(id);
    await work(transcoder);
  }
  expect(await taskRow(id, "audio")).toMatchObject({
    state: "dead",
    failures: MAX_FAILURES,
    errorDetail: "exit code 1",
  });
  const video = await videoRow(id);
  expect(video).toMatchObject({ state: "failed", errorCode: "task_timeout" });
  expect(video.errorDetail).toMatch(/took longer than allowed.*[Ss]everal attempts.*file is kept/);
  expect(await taskRow(id, "finish")).toMatchObject({ state: "dead", errorCode: "cancelled" });
  expect(await env.MEDIA.head(video.sourceKey ?? "")).not.toBeNull();
});

test("a source at fault fails at once, in the transcoder's words", async () => {
  const id = await queuedVideo();
  const transcoder = new ScriptedTranscoder().on("plan", () => [
    {
      type: "failed",
      code: "no_video_stream",
      detail: "The file holds sound but no picture.",
      permanent: true,
    },
  ]);
  await work(transcoder);
  expect(await videoRow(id)).toMatchObject({
    state: "failed",
    errorCode: "no_video_stream",
    errorDetail: "The file holds sound but no picture.",
  });
  expect(transcoder.requests).toHaveLength(1);
});

test("a creator's retry starts over from the kept source as a new version, once", async () => {
  const id = await queuedVideo();
  const failing = new ScriptedTranscoder().on("plan", () => [{ ...broken, permanent: true }]);
  await work(failing);
  const { ownerId, version, sourceKey } = await videoRow(id);
  const again = { id, ownerId, version, sourceKey: sourceKey ?? "", contentKey: "not used" };
  const plan = planTask(planSettings(env), false);
  await runBatch(db, retryTranscode(db, again, plan));
  await runBatch(db, retryTranscode(db, again, plan));
  expect(await videoRow(id)).toMatchObject({ state: "queued", version: 2, errorCode: null });

  const transcoder = new ScriptedTranscoder();
  await work(transcoder);
  expect(await videoRow(id)).toMatchObject({ state: "ready", version: 2, publication: 1 });
  expect(transcoder.requests.filter(({ spec }) => spec.kind === "plan")).toHaveLength(1);
  expect(await env.MEDIA.head(`${id}/2/p1/index.json`)).not.toBeNull();
});

test("pictures that cannot be made do not fail the film", async () => {
  const id = await queuedVideo();
  const transcoder = new ScriptedTranscoder().on("images", () => [{ ...broken, permanent: true }]);
  await work(transcoder);
  expect(await taskRow(id, "images")).toMatchObject({ state: "dead" });
  expect(await videoRow(id)).toMatchObject({ state: "ready", posterPath: null });
});

test("a commentary that cannot be decoded does not fail the film, which is published without it", async () => {
  const id = await queuedVideo();
  const plan = examplePlan();
  const main = plan.tasks.find(({ name }) => name === "audio");
  if (main?.spec.kind !== "audio") throw new Error("no sound");
  const commentary = { ...main.spec.rendition, id: "audio-1", isDefault: false };
  plan.renditions.push(commentary);
  plan.tasks.push({ ...main, name: "commentary", spec: { ...main.spec, rendition: commentary } });
  const transcoder = new ScriptedTranscoder()
    .on("plan", () => [{ type: "done", result: { kind: "plan", plan } }])
    .on("audio", (request) =>
      request.spec.kind === "audio" && request.spec.rendition.isDefault
        ? ScriptedTranscoder.perform(request)
        : [{ ...broken, code: "damaged_file", permanent: true }],
    );
  await work(transcoder);
  expect(await taskRow(id, "commentary")).toMatchObject({ state: "dead" });
  expect((await videoRow(id)).state).toBe("ready");
  const index = await (await env.MEDIA.get(`${id}/1/p1/index.json`))?.text();
  expect(index).toContain('"audio-0"');
  expect(index).not.toContain('"audio-1"');
});

test("a runner that does not take a task costs no failure, and another runner gets it", async () => {
  const id = await queuedVideo();
  const transcoder = new ScriptedTranscoder(2).refuse((runner) => runner === 0, 60_000);
  await work(transcoder);
  expect((await videoRow(id)).state).toBe("ready");
  for (const task of await taskRows(id)) expect(task).toMatchObject({ state: "done", failures: 0 });
});

test("work waits for runners that are all out of reach, and goes on when they are back", async () => {
  const id = await queuedVideo();
  let asked = 0;
  const transcoder = new ScriptedTranscoder(2).refuse(() => ++asked <= 2, 10);
  await work(transcoder);
  expect((await videoRow(id)).state).toBe("ready");
});

test("a task that a stopping runner hands back costs no failure", async () => {
  const id = await queuedVideo();
  let tries = 0;
  const transcoder = new ScriptedTranscoder().on("plan", (request) =>
    ++tries === 1 ? [{ ...broken, code: "runner_restarted" }] : ScriptedTranscoder.perform(request),
  );
  await work(transcoder);
  expect(await taskRow(id, "plan")).toMatchObject({ state: "done", failures: 0, attempt: 2 });
});

test("a runner that breaks off in the middle costs one failure", async () => {
  const id = await queuedVideo();
  const transcoder = new ScriptedTranscoder().on("plan", async function* () {
    yield { type: "progress", ratio: 0.5 };
  });
  await work(transcoder);
  expect(await taskRow(id, "plan")).toMatchObject({
    state: "queued",
    failures: 1,
    errorCode: "attempt_interrupted",
  });
});

test("a lost runner's task is taken over, and the zombie can change nothing", async () => {
  const id = await queuedVideo();
  const zombie = new ScriptedTranscoder();
  const transcoder = new ScriptedTranscoder();
  const first = await claimNext(zombie);
  // The consumer is gone without a word: no one renews the lease.
  await db
    .update(tasks)
    .set({ leaseUntil: Date.now() - 1 })
    .where(eq(tasks.id, first.id));
  await recoverExpired(jobContext(transcoder));
  expect(await taskRow(id, "plan")).toMatchObject({
    state: "queued",
    failures: 1,
    errorCode: "lease_expired",
  });
  await skipWaiting(id);
  await work(transcoder);
  expect((await videoRow(id)).state).toBe("ready");

  const before = [await videoRow(id), await taskRow(id, "plan")];
  // It wakes up, goes on as if nothing had happened, and reports everything it has.
  expect(await reportProgress(db, first, 0.9, null, Date.now())).toBe(false);
  expect(await runTask(jobContext(zombie), first)).toEqual({ kind: "lost" });
  expect([await videoRow(id), await taskRow(id, "plan")]).toEqual(before);
});

test("a zombie that encodes a chunk again writes beside what is published, not over it", async () => {
  const id = await queuedVideo();
  const zombie = new ScriptedTranscoder();
  await runTask(jobContext(zombie), await claimNext(zombie));
  const first = await claimNext(zombie);
  expect(first.name).toBe("video 0 360p");
  await db.update(tasks).set({ leaseUntil: 1 }).where(eq(tasks.id, first.id));
  await recoverExpired(jobContext(zombie));
  await skipWaiting(id);
  await work();
  const winner = await env.MEDIA.head(`${id}/1/h264-360/0.2/00000.m4s`);

  expect(await runTask(jobContext(zombie), first)).toEqual({ kind: "lost" });
  const after = await env.MEDIA.head(`${id}/1/h264-360/0.2/00000.m4s`);
  expect(after?.uploaded).toEqual(winner?.uploaded);
  const index = await (await env.MEDIA.get(`${id}/1/p1/index.json`))?.text();
  expect(index).toContain('"h264-360/0.2"');
  expect(index).not.toContain('"h264-360/0.1"');
});

test("lost tickets: the sweep sends new ones when work and slots are free", async () => {
  const sent: number[] = [];
  const recorder = { sendBatch: async (messages: unknown[]) => void sent.push(messages.length) };
  const bulk = recorder as unknown as Queue;
  const jobs = { ...jobContext(new ScriptedTranscoder(3)), env: { ...env, TRANSCODE_BULK: bulk } };
  await wakeConsumers(jobs);
  expect(sent).toEqual([]);
  await queuedVideo();
  await wakeConsumers(jobs);
  expect(sent).toEqual([3]);
});

test("a deleted video's running task is stopped and its slot is free at once", async () => {
  const id = await queuedVideo();
  let stopped = false;
  const transcoder = new ScriptedTranscoder(1).on("audio", async function* () {
    await runBatch(db, [cancelTranscodes(db, id)]);
    try {
      yield { type: "segments", rendition: "audio-0", output: output(0, 1, 48_000) };
    } finally {
      stopped = true;
    }
    throw new Error("nobody stopped the task");
  });
  await work(transcoder);
  expect(stopped).toBe(true);
  expect(await taskRow(id, "audio")).toMatchObject({
    state: "dead",
    errorCode: "cancelled",
    runner: null,
  });
});
