import type { FinishMessage } from "../../contract/messages.ts";
import { statementsLeft } from "../../db/statement-count.ts";
import { claimTask, hasWorkersTask } from "../../db/transcoding/claim.ts";
import type { Task } from "../../db/transcoding/tasks.ts";
import { log } from "../../log.ts";
import { requestIdOf, traced } from "../../trace.ts";
import { finish } from "./finish.ts";
import { createJobContext, type JobContext } from "../job-context.ts";
import { cancelTask, recordFailure } from "./record-failure.ts";
import { wakeRunners } from "./wake.ts";

/** The name under which the Worker claims the tasks that it does itself. */
const WORKER = "worker";
const CAPABILITIES = { kinds: ["finish" as const], codecs: [] };
/** They need no slot of a runner, and take a second or two each. */
const MAX_PARALLEL = 1000;
/** The next message or cron run does the rest. */
const TASKS_PER_RUN = 10;
/** More than any task takes. */
const MIN_STATEMENTS_LEFT = 25;
const FINISH: FinishMessage = { kind: "finish" };

/**
 * Leaves the tasks that need no runner to the consumer of events, which may take its time. The consumer of wake messages
 * must not: runners wait for it.
 */
export async function handOverWorkerTasks({ env, db }: JobContext): Promise<void> {
  if (await hasWorkersTask(db)) await env.EVENTS.send(FINISH);
}

/** What the events consumer does then: one run, and a message for the remaining tasks. */
export async function takeOverWorkerTasks(env: Env): Promise<void> {
  const context = createJobContext(env);
  if (!(await runWorkerTasks(context))) await handOverWorkerTasks(context);
}

/**
 * Does the tasks that need no runner: writing the final playlists. Called when a result may have made one runnable, by the
 * consumer of events and by the cron.
 * @returns false when it stopped before it found that none is left
 */
export async function runWorkerTasks(
  context: JobContext,
  limit = TASKS_PER_RUN,
  now = Date.now,
): Promise<boolean> {
  for (let count = 0; count < limit && statementsLeft() >= MIN_STATEMENTS_LEFT; count++) {
    const claim = { runner: WORKER, capabilities: CAPABILITIES, slots: MAX_PARALLEL };
    const task = await claimTask(context.db, { ...claim, fleetSlots: MAX_PARALLEL, now: now() });
    if (!task) return true;
    const { id, videoId, name, attempt } = task;
    const trace = { requestId: requestIdOf(task.requestId), invocation: `task ${task.kind}` };
    const outcome = await traced(trace, async () => {
      const end = await runOne(context, task);
      log(`task.${end}`, { id, videoId, name, attempt, runner: WORKER });
      return end;
    });
    // Tasks that follow a ready video may start now.
    if (outcome === "done") await wakeRunners(context, now());
  }
  return false;
}

async function runOne(context: JobContext, task: Task): Promise<"done" | "failed" | "lost"> {
  try {
    if (await finish(context, task)) return "done";
    await cancelTask(context, task);
    return "lost";
  } catch (error) {
    log("task.error", { id: task.id, error });
    const isRecorded = await recordFailure(context, task, {
      code: "attempt_interrupted",
      detail: `The attempt broke off: ${error instanceof Error ? error.message : String(error)}`,
      permanent: false,
    });
    return isRecorded ? "failed" : "lost";
  }
}
