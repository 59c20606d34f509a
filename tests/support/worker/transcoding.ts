import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import {
  type ClaimAnswer,
  type ClaimedTask,
  type ClaimRequest,
  RUNNER_CONTRACT_VERSION,
} from "../../../workers/contract/runner-api.ts";
import { OutputCodec } from "../../../workers/contract/runners.ts";
import { TaskKind } from "../../../workers/contract/transcodes.ts";
import { catalog, runBatch } from "../../../workers/db/client.ts";
import { runners } from "../../../workers/db/runner-schema.ts";
import { videos } from "../../../workers/db/schema.ts";
import { tasks, transcodes } from "../../../workers/db/transcoding-schema.ts";
import { claimTask } from "../../../workers/db/transcoding/claim.ts";
import { handBack, type Task } from "../../../workers/db/transcoding/tasks.ts";
import { startTranscode } from "../../../workers/db/transcoding/transcodes.ts";
import { newId } from "../../../workers/domain/id.ts";
import { planSettings, planTask } from "../../../workers/domain/tasks/plan-settings.ts";
import { sourceKey } from "../../../workers/media/storage-keys.ts";
import type { RunnerContext } from "../../../workers/jobs/job-context.ts";
import {
  handOut,
  recordProgress,
  recordResult,
} from "../../../workers/jobs/runners/runner-work.ts";
import { runWorkerTasks } from "../../../workers/jobs/tasks/worker-tasks.ts";
import { ScriptedTranscoder } from "./scripted-transcoder.ts";

export const db = catalog(env);

/** Inserts a queued video with its source in R2 and its plan task in D1. @returns its id */
export async function queuedVideo(ownerId = newId()): Promise<string> {
  const id = newId();
  const now = Date.now();
  const key = sourceKey(id, newId());
  await env.MEDIA.put(key, "the source");
  const video = { id, ownerId, version: 1, sourceKey: key, contentKey: "not used" };
  await runBatch(db, [
    db.insert(videos).values({
      ...video,
      title: "A video",
      state: "queued",
      visibility: "public",
      createdAt: now,
      updatedAt: now,
    }),
    ...startTranscode(db, video, planTask(planSettings(env), false), now),
  ]);
  return id;
}

export async function videoRow(id: string) {
  const [row] = await db.select().from(videos).where(eq(videos.id, id));
  if (!row) throw new Error("no such video");
  return row;
}

export const taskRows = (videoId: string) =>
  db.select().from(tasks).where(eq(tasks.videoId, videoId));

export async function taskRow(videoId: string, name: string) {
  const row = (await taskRows(videoId)).find((task) => task.name === name);
  if (!row) throw new Error(`no task ${name}`);
  return row;
}

/** Claims the next task for a runner that supports everything, the Worker's own tasks included. */
export async function claimAny(runner = "container-0"): Promise<Task> {
  const capabilities = { kinds: TaskKind.options, codecs: OutputCodec.options };
  const claim = { runner, capabilities, slots: 10, fleetSlots: 10, now: Date.now() };
  const task = await claimTask(db, claim);
  if (!task) throw new Error("There is nothing to claim.");
  return task;
}

/** Ends all tasks: tests of a file share the database, and must not claim each other's tasks. */
export async function stopEverything(): Promise<void> {
  await db.update(transcodes).set({ state: "failed" });
  await db.update(tasks).set({ state: "dead", runner: null });
  // Failures from an earlier test would put a runner in quarantine.
  await db.delete(runners);
}

/** A failure of the task itself, after which it is retried. */
export const encoderFailed = {
  type: "failed" as const,
  code: "encoder_failed",
  detail: "exit code 1",
  permanent: false,
};

/** A barrier: calls wait until there are `count` of them. */
export function barrier(count: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let arrived = 0;
  return () => {
    if (++arrived === count) resolve();
    return promise;
  };
}

/** A context whose deferred work `settle` waits for. */
export interface TestContext extends RunnerContext {
  /** Containers that were woken. */
  woken: string[];
  settle: () => Promise<void>;
}

export function jobContext(more: Partial<RunnerContext> = {}): TestContext {
  const deferred = new Set<Promise<void>>();
  const woken: string[] = [];
  return {
    env,
    db,
    wake: async (runner) => void woken.push(runner),
    ringDesk: () => Promise.resolve(),
    // Tests make claims themselves.
    desk: {
      ask: () => Promise.reject(new Error("Nobody waits for work here.")),
      leave: () => Promise.resolve(),
    },
    defer: (work) => {
      const done = work.finally(() => deferred.delete(done));
      deferred.add(done);
    },
    ...more,
    woken,
    settle: async () => {
      while (deferred.size > 0) await Promise.all(deferred);
    },
  };
}

/** Slots of runners that a test does not count. */
const FLEET_SLOTS = 10;

/** The capabilities of a runner that supports everything. */
export function claimOf(runner: string, slots = 1) {
  const capabilities = { kinds: TaskKind.exclude(["finish"]).options, codecs: OutputCodec.options };
  const more = { held: [], waitSeconds: 0, unfit: null };
  return { runner, version: RUNNER_CONTRACT_VERSION, capabilities, slots, ...more };
}

/** Checks once for a task that a runner can do and claims it. @param fleet slots of all runners */
export async function claimWork(
  context: RunnerContext,
  { runner, capabilities, slots }: Pick<ClaimRequest, "runner" | "capabilities" | "slots">,
  fleet: number,
  now: number,
): Promise<ClaimAnswer> {
  const claim = { runner, capabilities, slots, fleetSlots: fleet, now };
  const task = await claimTask(context.db, claim);
  return task ? handOut(context, { task, isBusy: false }, runner) : { type: "wait" };
}

/** Claims the next task for a runner. @throws Error when there is none */
export async function claimFor(
  context: RunnerContext,
  runner = "local-0",
  slots = 1,
): Promise<ClaimedTask> {
  const answer = await claimWork(context, claimOf(runner, slots), FLEET_SLOTS, Date.now());
  if (answer.type !== "task") throw new Error("There is nothing to claim.");
  return answer.task;
}

/**
 * Does a claimed task as a runner: reports every event at once, stops on `stop`, and reports the result. A failure
 * `runner_restarted` represents a runner that stops and hands its task back.
 */
export async function performTask(
  context: RunnerContext,
  transcoder: ScriptedTranscoder,
  runner: string,
  { token, ...task }: ClaimedTask,
): Promise<"recorded" | "lost" | "stopped" | "vanished"> {
  const { taskId, attempt } = task;
  const request = { ...task, storage: `http://runner-api.internal/${token}` };
  const controller = new AbortController();
  for await (const event of transcoder.run(request, controller.signal)) {
    if (event.type === "failed" && event.code === "runner_restarted") {
      await runBatch(db, [handBack(db, { id: taskId, attempt })]);
      return "stopped";
    }
    if (event.type === "done" || event.type === "failed") {
      const report = { taskId, attempt, runner, outcome: event };
      return (await recordResult(context, report, Date.now())).type;
    }
    const [ratio, outputs] =
      event.type === "progress" ? [event.ratio, {}] : [0, { [event.rendition]: event.output }];
    const report = { taskId, attempt, runner, ratio, outputs };
    // A failed report is part of the next one; here the script decides what that is.
    const answer = await recordProgress(context, report, Date.now()).catch(() => null);
    if (answer?.type === "stop") {
      controller.abort();
      return "stopped";
    }
  }
  return "vanished";
}

/** Runs the fake runners until none finds work and none is busy any more. */
export async function work(
  transcoder = new ScriptedTranscoder(),
  context: TestContext = jobContext(),
): Promise<void> {
  const busy = new Set<Promise<unknown>>();
  const fleet = transcoder.runners.length * transcoder.slotsPerRunner;
  async function claimAll(): Promise<boolean> {
    let hasFound = false;
    for (const runner of transcoder.runners) {
      for (;;) {
        const claim = claimOf(runner, transcoder.slotsPerRunner);
        const answer = await claimWork(context, claim, fleet, Date.now());
        if (answer.type !== "task") break;
        hasFound = true;
        const task = performTask(context, transcoder, runner, answer.task).finally(() =>
          busy.delete(task),
        );
        busy.add(task);
      }
    }
    return hasFound;
  }
  for (;;) {
    // Acts like the consumer of wake messages.
    await runWorkerTasks(context);
    const hasFound = await claimAll();
    if (busy.size > 0) await Promise.race([...busy, scheduler.wait(100)]);
    else if (!hasFound) {
      await context.settle();
      await runWorkerTasks(context);
      await context.settle();
      if (!(await claimAll()) && busy.size === 0) return;
    }
  }
}
