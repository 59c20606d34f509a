import type { TaskEvent } from "../contract/task-event.ts";
import { runBatch } from "../db/client.ts";
import { commitAttempt, failTask } from "../db/transcoding/outcomes.ts";
import { handBack, type Task } from "../db/transcoding/tasks.ts";
import type { Failure } from "../domain/task-state.ts";
import { log } from "../log.ts";
import { finish } from "./finish.ts";
import type { JobContext } from "./job-context.ts";
import { persist } from "./persist.ts";
import { recordFailure } from "./record-failure.ts";
import { TaskProgress } from "./task-progress.ts";
import { taskRequest } from "./task-request.ts";
import { applyResult } from "./task-result.ts";
import { RunnerUnavailable, runnerNumber } from "./transcoder.ts";

/**
 * How an attempt ended. `lost`: another attempt took over, or the video was stopped; nothing was changed.
 * `unavailable`: the runner did not take the task, which waits for another slot.
 */
export type Outcome =
  | { kind: "done" | "failed" | "lost" }
  | { kind: "unavailable"; runner: number; retryAfterMs: number };

/** A runner reports at least every 5 s. After this long without a report the attempt is given up. */
const TIMEOUT_REPORT_MS = 30_000;

/** Runs a claimed task. Never throws: if not even the failure can be recorded, the lease expires. */
export async function runTask(context: JobContext, task: Task): Promise<Outcome> {
  const startedAt = Date.now();
  const outcome = await runAttempt(context, task).catch((error: unknown) => {
    log("task.result-not-recorded", { error: String(error) });
    return { kind: "lost" } as const;
  });
  const { id, videoId, name, attempt, runner } = task;
  const milliseconds = Date.now() - startedAt;
  log(`task.${outcome.kind}`, { id, videoId, name, attempt, runner, milliseconds });
  return outcome;
}

async function runAttempt(context: JobContext, task: Task): Promise<Outcome> {
  try {
    if (task.kind === "finish")
      return (await finish(context, task)) ? { kind: "done" } : await lose(context, task);
    const end = await encode(context, task);
    if (end === null) return await lose(context, task);
    if (end.type === "failed") return await fail(context, task, end);
    const isRecorded = await applyResult(context, task, end.result);
    return isRecorded ? { kind: "done" } : await lose(context, task);
  } catch (error) {
    if (error instanceof RunnerUnavailable) return await release(context, task, error);
    log("task.error", { id: task.id, error: String(error), cause: String((error as Error).cause) });
    return await fail(context, task, {
      code: "attempt_interrupted",
      detail: `The attempt broke off: ${error instanceof Error ? error.message : String(error)}`,
      permanent: false,
    });
  }
}

type FinalEvent = Extract<TaskEvent, { type: "done" | "failed" }>;

/** Has the runner do the task and records its progress. Null when the attempt has lost its task. */
async function encode(context: JobContext, task: Task): Promise<FinalEvent | null> {
  const { transcoder } = context;
  const request = await persist(() => taskRequest(context, task));
  const controller = new AbortController();
  const giveUp = () => controller.abort(new Error("The runner fell silent."));
  const progress = new TaskProgress(context, task);
  let watchdog = setTimeout(giveUp, TIMEOUT_REPORT_MS);
  try {
    for await (const event of transcoder.run(
      runnerNumber(task.runner),
      request,
      controller.signal,
    )) {
      clearTimeout(watchdog);
      if (event.type === "done" || event.type === "failed") return event;
      if (!(await progress.record(event))) return null;
      watchdog = setTimeout(giveUp, TIMEOUT_REPORT_MS);
    }
  } finally {
    clearTimeout(watchdog);
    // However the loop ended, the runner must stop.
    controller.abort();
  }
  throw new Error("The runner ended its report without a result.");
}

async function fail(context: JobContext, task: Task, failure: Failure): Promise<Outcome> {
  if (failure.code === "runner_restarted") {
    return release(context, task, new RunnerUnavailable(failure.detail, 1000));
  }
  const isRecorded = await recordFailure(context, task, failure);
  return isRecorded ? { kind: "failed" } : lose(context, task);
}

/** Returns the task to the queue at once: another runner may take it, and this consumer avoids the unavailable one. */
async function release(
  { db }: JobContext,
  task: Task,
  { message, retryAfterMs }: RunnerUnavailable,
): Promise<Outcome> {
  log("task.released", { id: task.id, runner: task.runner, reason: message });
  await persist(() => runBatch(db, [handBack(db, task)]));
  return { kind: "unavailable", runner: runnerNumber(task.runner), retryAfterMs };
}

const CANCELLED: Failure = {
  code: "cancelled",
  detail: "The video was stopped or removed.",
  permanent: true,
};

/** The attempt does not count. If the video was stopped, this frees the slot now rather than when the lease expires. */
async function lose({ db }: JobContext, task: Task): Promise<Outcome> {
  const now = Date.now();
  const { failures, interruptions } = task;
  const dead = { state: "dead", failures, interruptions } as const;
  await persist(() => commitAttempt(db, task, failTask(db, task, CANCELLED, dead, now)));
  return { kind: "lost" };
}
