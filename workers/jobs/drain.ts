import { OutputCodec, type RunnerCapabilities } from "../contract/runners.ts";
import { TaskKind } from "../contract/transcodes.ts";
import { seeRunner } from "../db/runners.ts";
import { claimTask, readBacklog } from "../db/transcoding/claim.ts";
import type { Task } from "../db/transcoding/tasks.ts";
import { MAX_CONSUMER_SECONDS, MAX_TASK_SECONDS } from "../domain/task-time.ts";
import { log } from "../log.ts";
import type { JobContext } from "./job-context.ts";
import { recoverExpired } from "./recover.ts";
import { type Outcome, runTask } from "./run-task.ts";
import { localTranscoders, runnerId } from "./transcoder.ts";

/** Each task holds a connection, and the runtime allows six per invocation. */
const MAX_PARALLEL_TASKS = 4;
/** Time for what comes before and after a task. */
const SPARE_SECONDS = 30;
/** After this time a consumer starts no task, since it might be stopped before the task ends. It wakes another instead. */
const CLAIM_WINDOW_MS = (MAX_CONSUMER_SECONDS - MAX_TASK_SECONDS - SPARE_SECONDS) * 1000;
/**
 * How often a consumer looks for work that came while its tasks run, since `wrangler dev` starts no second consumer
 * meanwhile. It is also how often it asks again when no runner takes a task.
 */
const POLL_INTERVAL_MS = 2000;
/** How often a waiting consumer looks for expired leases. The cron alone would take up to a minute. */
const RECOVER_INTERVAL_MS = 10_000;
/** Tasks that the Worker does itself take a second each. */
const MAX_WORKER_TASKS = 100;

/**
 * Handles one wake message: claims and runs tasks until none is left that could start. A task cannot outlive this call,
 * so no failure of D1 ends the call while a task runs.
 * @param wakeNext wakes another consumer; called when this one's time is up and there may be more to do
 */
export async function drain(context: JobContext, wakeNext: () => Promise<unknown>): Promise<void> {
  const running = new Set<Promise<void>>();
  /** Runners that did not take a task, each with the time until which it is avoided. */
  const avoided = new Map<number, number>();
  const closesAt = Date.now() + CLAIM_WINDOW_MS;
  let recoveredAt = Date.now();
  let claim: Claim = "idle";
  /** Whether nothing ran when the last claim began: a task that ends meanwhile may leave others behind that can start. */
  let wasQuiet = true;
  for (;;) {
    try {
      if (Date.now() - recoveredAt >= RECOVER_INTERVAL_MS) {
        recoveredAt = Date.now();
        await recoverExpired(context);
      }
      while (running.size < MAX_PARALLEL_TASKS && Date.now() < closesAt) {
        wasQuiet = running.size === 0;
        claim = await claimNext(context, avoided);
        if (typeof claim === "string") break;
        const run = runTask(context, claim)
          .then((outcome) => avoid(avoided, outcome))
          .finally(() => running.delete(run));
        running.add(run);
      }
    } catch (error) {
      // Nothing runs, so nothing is lost: the queue delivers the message again.
      if (running.size === 0) throw error;
      log("drain.failed", { running: running.size, error: String(error) });
      // Leases that expired while D1 was down are renewed first by the attempts that still run.
      recoveredAt = Date.now();
      claim = "blocked";
    }
    if (Date.now() >= closesAt) break;
    if (running.size === 0 && claim === "idle") {
      if (wasQuiet) return;
      continue;
    }
    await Promise.race([...running, scheduler.wait(POLL_INTERVAL_MS)]);
  }
  // While no runner is available, consumers must not wake each other in a loop. The next sweep is soon enough.
  if (running.size > 0 || claim !== "blocked")
    try {
      await wakeNext();
    } catch (error) {
      log("drain.wake-failed", { error: String(error) });
    }
  await Promise.all(running);
}

/** A task to run; `idle`: none can start; `blocked`: there is work, but no runner takes any. */
type Claim = Task | "idle" | "blocked";

async function claimNext(
  { env, db, transcoder }: JobContext,
  avoided: ReadonlyMap<number, number>,
): Promise<Claim> {
  const now = Date.now();
  const fleetSlots = transcoder.slots.length;
  const own = { kinds: ["finish"] as const, codecs: [] };
  const finish = await claimTask(db, {
    runner: "worker",
    capabilities: own,
    slots: MAX_WORKER_TASKS,
    fleetSlots,
    now,
  });
  if (finish) return finish;
  const slots = transcoder.slots.filter(({ runner }) => (avoided.get(runner) ?? 0) <= now);
  const counts = Map.groupBy(slots, ({ runner }) => runner);
  const kind = localTranscoders(env).length > 0 ? ("local" as const) : ("container" as const);
  for (const [runner, own] of counts) {
    const id = runnerId(runner);
    const introduction = { id, kind, version: 1, capabilities: EVERYTHING, slots: own.length };
    // A container in quarantine stops, because nothing is asked of it, and the next task finds a fresh one.
    if (await seeRunner(db, introduction, now)) continue;
    const task = await claimTask(db, {
      runner: id,
      capabilities: EVERYTHING,
      slots: own.length,
      fleetSlots,
      now,
    });
    if (task) return task;
  }
  const isBlocked =
    slots.length === 0 && avoided.size > 0 && (await readBacklog(db, 1)).runnable > 0;
  return isBlocked ? "blocked" : "idle";
}

const EVERYTHING: RunnerCapabilities = {
  kinds: TaskKind.options.filter((kind) => kind !== "finish"),
  codecs: OutputCodec.options,
};

function avoid(avoided: Map<number, number>, outcome: Outcome): void {
  if (outcome.kind === "unavailable")
    avoided.set(outcome.runner, Date.now() + outcome.retryAfterMs);
}
