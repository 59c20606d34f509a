import type { TaskEvent } from "../contract/task-event.ts";
import { runBatch } from "../db/client.ts";
import { commitAttempt, failTask, failVideo } from "../db/transcoding/outcomes.ts";
import { releaseTask, type Task } from "../db/transcoding/tasks.ts";
import { afterFailure, type Failure, isRequired } from "../domain/task-state.ts";
import { log } from "../log.ts";
import type { JobContext } from "./context.ts";
import { finish } from "./finish.ts";
import { persist } from "./persist.ts";
import { TaskProgress } from "./task-progress.ts";
import { applyResult } from "./task-result.ts";
import { taskRequest } from "./task-request.ts";
import { wakeLater } from "./tickets.ts";
import { RunnerUnavailable } from "./transcoder.ts";

/**
 * How an attempt ended. `lost`: another attempt took over, or the video was stopped; nothing was changed.
 * `unavailable`: the runner did not take it; the task waits for another place.
 */
export type Outcome =
  | { kind: "done" | "failed" | "lost" }
  | { kind: "unavailable"; runner: number; retryAfter: number };

/** A runner reports at least every 5 s; one that is silent for this long is given up. Milliseconds. */
const SILENCE_MS = 30_000;

/** Works on a claimed task to its end, whatever that is. Never throws: what cannot even be recorded is left to the lease. */
export async function runTask(jobs: JobContext, task: Task): Promise<Outcome> {
  const started = Date.now();
  const outcome = await attempt(jobs, task).catch((error: unknown) => {
    log("task.result-not-recorded", { error: String(error) });
    return { kind: "lost" } as const;
  });
  const { id, videoId, name, attempt: number, runner } = task;
  log(`task.${outcome.kind}`, {
    id,
    videoId,
    name,
    attempt: number,
    runner,
    milliseconds: Date.now() - started,
  });
  return outcome;
}

async function attempt(jobs: JobContext, task: Task): Promise<Outcome> {
  try {
    if (task.kind === "finish")
      return (await finish(jobs, task)) ? { kind: "done" } : await lost(jobs, task);
    const end = await encode(jobs, task);
    if (end === null) return await lost(jobs, task);
    if (end.type === "failed") return await fail(jobs, task, end);
    return (await applyResult(jobs, task, end.result)) ? { kind: "done" } : await lost(jobs, task);
  } catch (error) {
    if (error instanceof RunnerUnavailable) return await release(jobs, task, error);
    log("task.error", { id: task.id, error: String(error), cause: String((error as Error).cause) });
    return await fail(jobs, task, {
      code: "attempt_interrupted",
      detail: `The attempt broke off: ${error instanceof Error ? error.message : String(error)}`,
      permanent: false,
    });
  }
}

type End = Extract<TaskEvent, { type: "done" | "failed" }>;

/** Has the runner work on the task and records its progress. Null when the attempt no longer counts. */
async function encode(jobs: JobContext, task: Task): Promise<End | null> {
  const request = await persist(() => taskRequest(jobs, task));
  const controller = new AbortController();
  const silent = () => controller.abort(new Error("The runner fell silent."));
  const progress = new TaskProgress(jobs, task);
  let watchdog = setTimeout(silent, SILENCE_MS);
  try {
    for await (const event of jobs.transcoder.run(task.runner ?? 0, request, controller.signal)) {
      clearTimeout(watchdog);
      if (event.type === "done" || event.type === "failed") return event;
      if (!(await progress.record(event))) return null;
      watchdog = setTimeout(silent, SILENCE_MS);
    }
  } finally {
    clearTimeout(watchdog);
    // Whatever ended the loop, the runner must not work on for nobody.
    controller.abort();
  }
  throw new Error("The runner ended its report without a result.");
}

async function fail(jobs: JobContext, task: Task, failure: Failure): Promise<Outcome> {
  if (failure.code === "runner_restarted") {
    return release(jobs, task, new RunnerUnavailable(failure.detail, 1000));
  }
  const recorded = await recordFailure(jobs, task, failure);
  return recorded ? { kind: "failed" } : lost(jobs, task);
}

/**
 * Counts a failed attempt: the task is tried again later or, after the last try, dead, and with it the video when
 * it cannot do without.
 * @returns false when the attempt no longer held its task
 */
export async function recordFailure(
  jobs: JobContext,
  task: Task,
  failure: Failure,
): Promise<boolean> {
  const now = Date.now();
  const after = afterFailure(task.failures, failure, now);
  const fatal = after.state === "dead" && isRequired(task);
  const recorded = await persist(() =>
    commitAttempt(jobs.db, task, [
      ...(fatal ? failVideo(jobs.db, task, failure, now) : []),
      ...failTask(jobs.db, task, failure, after, now),
    ]),
  );
  if (recorded && after.state === "queued") await wakeLater(jobs.env, after.notBefore - now);
  return recorded;
}

/** Puts the task back at once: another runner may take it, and this consumer leaves the unavailable one alone. */
async function release(
  jobs: JobContext,
  task: Task,
  { message, retryAfter }: RunnerUnavailable,
): Promise<Outcome> {
  log("task.released", { id: task.id, runner: task.runner, reason: message });
  await persist(() => runBatch(jobs.db, [releaseTask(jobs.db, task)]));
  return { kind: "unavailable", runner: task.runner ?? 0, retryAfter };
}

const CANCELLED: Failure = {
  code: "cancelled",
  detail: "The video was stopped or removed.",
  permanent: true,
};

/** The attempt does not count. If that is because the video was stopped, its place is freed now, not by the lease. */
async function lost(jobs: JobContext, task: Task): Promise<Outcome> {
  const now = Date.now();
  const dead = { state: "dead", failures: task.failures } as const;
  await persist(() => commitAttempt(jobs.db, task, failTask(jobs.db, task, CANCELLED, dead, now)));
  return { kind: "lost" };
}
