import { MAX_CONSUMER_SECONDS, MAX_TASK_SECONDS } from "../domain/task-time.ts";
import { claimTask, schedulerState, type Task } from "../db/transcoding/tasks.ts";
import { nextTask } from "../domain/next-task.ts";
import { log } from "../log.ts";
import type { JobContext } from "./context.ts";
import { recoverExpired } from "./recover.ts";
import { type Outcome, runTask } from "./run-task.ts";

/** Tasks one invocation waits for: each holds a connection, and the runtime allows six. */
const PARALLEL_TASKS = 4;
/** For what comes before and after a task, so that none is cut off. */
const SPARE_SECONDS = 30;
/** After this time no task is started any more: it might outlast this consumer. A new one goes on. Milliseconds. */
const CLAIM_WINDOW_MS = (MAX_CONSUMER_SECONDS - MAX_TASK_SECONDS - SPARE_SECONDS) * 1000;
/**
 * How often to look for work that came while tasks run: `wrangler dev` starts no second consumer meanwhile. Also how
 * often to ask again when no runner takes anything. Milliseconds.
 */
const LOOK_AGAIN_MS = 2000;
/** How often a consumer that waits looks for tasks whose lease has run out: the cron alone would take a minute. */
const RECOVER_MS = 10_000;
/** Another consumer took the same task or place; look again this often. */
const CLAIM_TRIES = 20;

/**
 * What one ticket does: claims and runs tasks until nothing is left that could start. A task lives as long as this
 * call: no failure of D1 ends it while one runs.
 * @param callNext sends another ticket; called when this consumer's time is up and there may be more to do
 */
export async function drain(jobs: JobContext, callNext: () => Promise<unknown>): Promise<void> {
  const running = new Set<Promise<void>>();
  /** Runners that did not take a task, and until when to leave them alone. */
  const avoided = new Map<number, number>();
  const closing = Date.now() + CLAIM_WINDOW_MS;
  let recovered = Date.now();
  let claim: Claim = "idle";
  for (;;) {
    try {
      if (Date.now() - recovered >= RECOVER_MS) {
        recovered = Date.now();
        await recoverExpired(jobs);
      }
      while (running.size < PARALLEL_TASKS && Date.now() < closing) {
        claim = await claimNext(jobs, avoided);
        if (typeof claim === "string") break;
        const run = runTask(jobs, claim)
          .then((outcome) => avoid(avoided, outcome))
          .finally(() => running.delete(run));
        running.add(run);
      }
    } catch (error) {
      // With nothing at stake the queue delivers the ticket again.
      if (running.size === 0) throw error;
      log("drain.failed", { running: running.size, error: String(error) });
      // Leases that ran out while D1 did not answer are first renewed by whoever still works.
      recovered = Date.now();
      claim = "blocked";
    }
    if (Date.now() >= closing) break;
    if (running.size === 0 && claim === "idle") return;
    await Promise.race([...running, scheduler.wait(LOOK_AGAIN_MS)]);
  }
  // With every runner out of reach the next sweep is soon enough: consumers must not call each other for nothing.
  if (running.size > 0 || claim !== "blocked")
    try {
      await callNext();
    } catch (error) {
      log("drain.wake-failed", { error: String(error) });
    }
  await Promise.all(running);
}

/** A task to run; `idle`: none can start here; `blocked`: there is work, but no runner takes any. */
type Claim = Task | "idle" | "blocked";

async function claimNext(
  { db, transcoder }: JobContext,
  avoided: ReadonlyMap<number, number>,
): Promise<Claim> {
  for (let tries = 0; tries < CLAIM_TRIES; tries++) {
    const now = Date.now();
    const slots = transcoder.slots.filter(({ runner }) => (avoided.get(runner) ?? 0) <= now);
    const state = await schedulerState(db, slots, now);
    const assignment = nextTask(state);
    if (!assignment) {
      const blocked = slots.length === 0 && avoided.size > 0 && state.runnable.length > 0;
      return blocked ? "blocked" : "idle";
    }
    const task = await claimTask(db, assignment, now);
    if (task) return task;
    await scheduler.wait(Math.random() * 50);
  }
  log("claim.contended", { tries: CLAIM_TRIES });
  return "idle";
}

function avoid(avoided: Map<number, number>, outcome: Outcome): void {
  if (outcome.kind === "unavailable") avoided.set(outcome.runner, Date.now() + outcome.retryAfter);
}
