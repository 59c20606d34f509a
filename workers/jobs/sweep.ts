import { expiredTasks } from "../db/tasks.ts";
import { collectLeftovers } from "./collect.ts";
import { createJobs, type Jobs, log } from "./context.ts";
import { expireRecords, expireUploads } from "./expire.ts";
import { relayOutbox } from "./relay.ts";
import { recordFailure } from "./run-task.ts";
import { wakeConsumers } from "./tickets.ts";

/** Leases looked at in one run; more wait for the next. */
const MAX_EXPIRED = 100;

/** What the cron does every minute: makes good what got lost. A step that fails does not keep the others from running. */
export async function sweep(env: Env): Promise<void> {
  const jobs = createJobs(env);
  const steps = {
    relay: () => relayOutbox(env),
    leases: () => recoverExpired(jobs),
    tickets: () => wakeConsumers(jobs),
    uploads: () => expireUploads(env),
    answers: () => expireRecords(env),
    leftovers: () => collectLeftovers(jobs, Date.now()),
  };
  for (const [step, run] of Object.entries(steps)) {
    await run().catch((error: unknown) => log("sweep.failed", { step, error: String(error) }));
  }
}

/** Gives tasks whose runner or consumer is gone another try. */
export async function recoverExpired(jobs: Jobs): Promise<void> {
  for (const task of await expiredTasks(jobs.db, Date.now(), MAX_EXPIRED)) {
    const { id, videoId, name, attempt, runner } = task;
    log("task.expired", { id, videoId, name, attempt, runner });
    await recordFailure(jobs, task, {
      code: "lease_expired",
      detail: "The encoder was lost in the middle of the work.",
      permanent: false,
    });
  }
}
