import { countEncodeTime } from "../../db/encode-usage.ts";
import { commitAttempt, failTask, failVideo } from "../../db/transcoding/outcomes.ts";
import { failVersion } from "../../db/transcoding/versions.ts";
import type { Task } from "../../db/transcoding/tasks.ts";
import { encodeBudgetMs } from "../../domain/tasks/encode-budget.ts";
import {
  afterFailure,
  type Failure,
  isRequired,
  MAX_QUIET_INTERRUPTIONS,
} from "../../domain/tasks/task-state.ts";
import { log } from "../../log.ts";
import { count } from "../../count.ts";
import { chargeFailure } from "../../services/runner-health.ts";
import type { JobContext } from "../job-context.ts";
import { findNextVersion } from "./next-version.ts";
import { persist } from "./persist.ts";
import { wakeLater } from "./wake.ts";

/**
 * Counts a failed attempt. The task is retried later; after the last failure it is dead, and the video fails too if it
 * requires the task. Interruptions never end a task, and the operator is informed about tasks that are interrupted
 * repeatedly. Whether the runner is at fault is decided over several tasks (services/runner-health.ts).
 * @returns false when the attempt had lost its task
 */
export async function recordFailure(
  context: JobContext,
  task: Task,
  failure: Failure,
): Promise<boolean> {
  const now = Date.now();
  const after = afterFailure(task, failure, now);
  const isFatal = after.state === "dead" && isRequired(task);
  // While a version is made, another one plays on.
  const next = isFatal ? await findNextVersion(context.db, task) : null;
  const fail = next ? failVersion : failVideo;
  const isRecorded = await persist(() =>
    commitAttempt(context.db, task, [
      ...(isFatal ? fail(context.db, task, failure, now) : []),
      ...failTask(context.db, task, failure, after, now),
      ...(task.kind === "finish"
        ? []
        : countEncodeTime(context.db, task, encodeBudgetMs(context.env), now)),
    ]),
  );
  if (!isRecorded) return false;
  if (isFatal && next === null) {
    const { videoId, id, name, runner } = task;
    count("videos.failed", { code: failure.code });
    log("video.failed", { videoId, taskId: id, name, runner, code: failure.code });
  }
  await accuseRunner(context, task, failure, now).catch((error: unknown) =>
    log("task.follow-up-failed", { id: task.id, error }),
  );
  if (after.interruptions >= MAX_QUIET_INTERRUPTIONS) {
    const { id, videoId, name } = task;
    const { interruptions } = after;
    log("task.interrupted-often", { id, videoId, name, interruptions, code: failure.code });
  }
  if (after.state === "queued") await wakeLater(context.env, Math.max(0, after.notBefore - now));
  return true;
}

async function accuseRunner(
  { db }: JobContext,
  { id, runner, avoid }: Task,
  { code, detail, permanent }: Failure,
  now: number,
): Promise<void> {
  if (runner === null || permanent || OUTAGES.includes(code)) return;
  await chargeFailure(db, runner, { taskId: id, code, at: now }, detail, avoid ?? []);
}

/** Failures of the storage or of the Worker, which no runner is to blame for. */
const OUTAGES = ["source_unreachable", "storage_failed", "attempt_interrupted", "runner_restarted"];

const CANCELLED: Failure = {
  code: "cancelled",
  detail: "The video was stopped or removed.",
  permanent: true,
};

/** Ends a task of a stopped video that this attempt still holds: its result is not needed. */
export async function cancelTask({ db }: JobContext, task: Task): Promise<void> {
  const { failures, interruptions } = task;
  const dead = { state: "dead", failures, interruptions } as const;
  await persist(() => commitAttempt(db, task, failTask(db, task, CANCELLED, dead, Date.now())));
}
