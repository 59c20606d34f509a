import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { CountingD1 } from "../../../tests/support/worker/counting-d1.ts";
import { chunks } from "../../../tests/support/worker/claims.ts";
import { examplePlan } from "../../../tests/support/worker/plan.ts";
import {
  claimFor,
  claimOf,
  db,
  jobContext,
  queuedVideo,
  stopEverything,
  taskRow,
  taskRows,
} from "../../../tests/support/worker/transcoding.ts";
import { catalog } from "../../db/client.ts";
import { getTranscode } from "../../db/transcoding/transcodes.ts";
import { newId } from "../../domain/id.ts";
import { MAX_FAILURES } from "../../domain/tasks/task-state.ts";
import { admitRunner, recordProgress, recordResult } from "./runner-work.ts";

beforeEach(stopEverything);

test("a killed runner that restarts returns its task at once, however often this happens", async () => {
  const id = await queuedVideo();
  const context = jobContext();
  const claim = claimOf("local-0");
  for (let round = 0; round <= MAX_FAILURES; round++) {
    expect(await admitRunner(context, "local", claim, Date.now())).toBeNull();
    expect((await claimFor(context)).spec.kind).toBe("plan");
  }
  const { attempt, failures } = await taskRow(id, "plan");
  expect([attempt, failures]).toEqual([MAX_FAILURES + 1, 0]);
});

test("a runner keeps the tasks that it lists in its claim and loses the others", async () => {
  const ids = [await queuedVideo(), await queuedVideo()];
  const context = jobContext();
  const [first, second] = [
    await claimFor(context, "local-0", 2),
    await claimFor(context, "local-0", 2),
  ];
  const claim = { ...claimOf("local-0", 2), held: [first] };
  await admitRunner(context, "local", claim, Date.now());
  const states = new Map(
    (await Promise.all(ids.map(taskRows))).flat().map(({ id, state }) => [id, state]),
  );
  expect([states.get(first.taskId), states.get(second.taskId)]).toEqual(["running", "queued"]);
});

test("a runner of another version gets no task and is told to exit", async () => {
  const id = await queuedVideo();
  const claim = { ...claimOf("container-0"), version: 0 };
  const answer = await admitRunner(jobContext(), "container", claim, Date.now());
  expect(answer).toMatchObject({ type: "exit", reason: expect.stringContaining("version 0") });
  expect((await taskRow(id, "plan")).attempt).toBe(0);
});

test("a runner that reports itself unfit gets no task", async () => {
  const claim = { ...claimOf("container-0"), unfit: "The disk is full." };
  const answer = await admitRunner(jobContext(), "container", claim, Date.now());
  expect(answer).toEqual({ type: "wait" });
});

test("a result that is reported twice is recorded once", async () => {
  const id = await queuedVideo();
  const context = jobContext();
  const { taskId, attempt } = await claimFor(context);
  const outcome = { type: "done", result: { kind: "plan", plan: examplePlan() } } as const;
  const report = { taskId, attempt, runner: "local-0", outcome };
  expect(await recordResult(context, report, Date.now())).toEqual({ type: "recorded" });
  const before = await taskRows(id);
  expect(await recordResult(context, report, Date.now())).toEqual({ type: "recorded" });
  expect(await taskRows(id)).toEqual(before);
  await context.settle();
});

test("a runner cannot report the task of another", async () => {
  await queuedVideo();
  const context = jobContext();
  const { taskId, attempt } = await claimFor(context);
  const other = { taskId, attempt, runner: "remote-1" };
  const outcome = { type: "done", result: { kind: "plan", plan: examplePlan() } } as const;
  expect(await recordProgress(context, { ...other, ratio: 1, outputs: {} }, Date.now())).toEqual({
    type: "stop",
  });
  expect(await recordResult(context, { ...other, outcome }, Date.now())).toEqual({ type: "lost" });
});

test("a progress report takes one statement", async () => {
  const counting = new CountingD1(env.CATALOG);
  const context = jobContext({ db: catalog({ CATALOG: counting.binding }) });
  await queuedVideo();
  const { taskId, attempt } = await claimFor(context);
  counting.reset();
  const report = { taskId, attempt, runner: "local-0", ratio: 0.5, outputs: {} };
  expect(await recordProgress(context, report, Date.now())).toEqual({ type: "continue" });
  expect(counting.statements).toHaveLength(1);
});

test("the result of a chunk takes two statements, and the last result of a stage starts the next stage", async () => {
  const counting = new CountingD1(env.CATALOG);
  const context = jobContext({ db: catalog({ CATALOG: counting.binding }) });
  const id = await chunks(newId(), 3);
  const statements: number[] = [];
  for (let chunk = 0; chunk < 3; chunk++) {
    const { taskId, attempt } = await claimFor(context);
    const outcome = { type: "done", result: { kind: "media", outputs: {} } } as const;
    counting.reset();
    await recordResult(context, { taskId, attempt, runner: "local-0", outcome }, Date.now());
    await context.settle();
    statements.push(counting.statements.length);
    const transcode = await getTranscode(db, { videoId: id, version: 1 });
    expect(transcode?.state).toBe(chunk < 2 ? "active" : "done");
  }
  expect(statements.slice(0, 2)).toEqual([2, 2]);
  expect(statements[2]).toBeGreaterThan(2);
});
