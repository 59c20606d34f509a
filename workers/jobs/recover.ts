import { expiredTasks } from "../db/transcoding/tasks.ts";
import { FAILURES } from "../domain/failures.ts";
import { log } from "../log.ts";
import type { JobContext } from "./job-context.ts";
import { recordFailure } from "./record-failure.ts";

/** The rest waits for the next run. */
const TASKS_PER_RUN = 100;

/** Tries tasks again whose lease has expired because their runner or consumer is gone. */
export async function recoverExpired(context: JobContext): Promise<void> {
  for (const task of await expiredTasks(context.db, Date.now(), TASKS_PER_RUN)) {
    const { id, videoId, name, attempt, runner } = task;
    log("task.expired", { id, videoId, name, attempt, runner });
    await recordFailure(context, task, {
      code: "lease_expired",
      detail: FAILURES.lease_expired.sentence,
      permanent: false,
    });
  }
}
