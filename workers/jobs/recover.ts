import { FAILURES } from "../domain/failures.ts";
import { expiredTasks } from "../db/transcoding/tasks.ts";
import { log } from "../log.ts";
import type { JobContext } from "./context.ts";
import { recordFailure } from "./run-task.ts";

/** Leases looked at in one run; more wait for the next. */
const MAX_EXPIRED = 100;

/** Gives tasks whose runner or consumer is gone another try. */
export async function recoverExpired(jobs: JobContext): Promise<void> {
  for (const task of await expiredTasks(jobs.db, Date.now(), MAX_EXPIRED)) {
    const { id, videoId, name, attempt, runner } = task;
    log("task.expired", { id, videoId, name, attempt, runner });
    await recordFailure(jobs, task, {
      code: "lease_expired",
      detail: FAILURES.lease_expired.sentence,
      permanent: false,
    });
  }
}
