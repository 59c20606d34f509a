import { commitAttempt, failTask, failVideo } from "../db/transcoding/outcomes.ts";
import type { Task } from "../db/transcoding/tasks.ts";
import { afterFailure, type Failure, isRequired } from "../domain/task-state.ts";
import type { JobContext } from "./job-context.ts";
import { persist } from "./persist.ts";
import { wakeLater } from "./wake.ts";

/**
 * Counts a failed attempt. The task is tried again later; after the last attempt it is dead, and the video fails with it if
 * it requires the task.
 * @returns false when the attempt had lost its task
 */
export async function recordFailure(
  context: JobContext,
  task: Task,
  failure: Failure,
): Promise<boolean> {
  const now = Date.now();
  const after = afterFailure(task.failures, failure, now);
  const isFatal = after.state === "dead" && isRequired(task);
  const isRecorded = await persist(() =>
    commitAttempt(context.db, task, [
      ...(isFatal ? failVideo(context.db, task, failure, now) : []),
      ...failTask(context.db, task, failure, after, now),
    ]),
  );
  if (isRecorded && after.state === "queued") await wakeLater(context.env, after.notBefore - now);
  return isRecorded;
}
