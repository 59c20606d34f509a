import {
  type ClaimAnswer,
  type ClaimRequest,
  type HandBack,
  type HeldAttempt,
  type ProgressAnswer,
  type ProgressReport,
  type ResultAnswer,
  type ResultReport,
  RUNNER_CONTRACT_VERSION,
} from "../../contract/runner-api.ts";
import type { RunnerKind } from "../../contract/runners.ts";
import { isTransient, runBatch } from "../../db/client.ts";
import { countEndedTime } from "../../db/encode-usage.ts";
import { noteEnd, seeRunner, slotsBesideContainers } from "../../db/runners.ts";
import type { ClaimedRow } from "../../db/transcoding/claim.ts";
import { reportProgress } from "../../db/transcoding/reports.ts";
import { UNKNOWN_PROGRESS } from "../../db/transcoding/results.ts";
import {
  findTask,
  handBack,
  handBackLost,
  hasLost,
  type Task,
} from "../../db/transcoding/tasks.ts";
import { encodeBudgetMs } from "../../domain/tasks/encode-budget.ts";
import type { Failure } from "../../domain/tasks/task-state.ts";
import { log } from "../../log.ts";
import { count, observe } from "../../count.ts";
import { containerSlots } from "../tasks/fleet.ts";
import type { JobContext, RunnerContext } from "../job-context.ts";
import { cancelTask, recordFailure } from "../tasks/record-failure.ts";
import { storeProgress } from "../tasks/task-progress.ts";
import { claimedTask } from "../tasks/task-request.ts";
import { applyMedia, applyResult, followLater } from "../tasks/task-result.ts";
import { wakeRunners } from "../tasks/wake.ts";

/**
 * Admits a runner before it gets work: it is recorded as seen, tasks that it has lost are given to others, and it is
 * sent away if it can do nothing here.
 * @returns the response to its claim, or null if it may get a task
 */
export async function admitRunner(
  context: JobContext,
  kind: RunnerKind,
  { runner, version, capabilities, slots, held, unfit }: ClaimRequest,
  now: number,
): Promise<ClaimAnswer | null> {
  const introduction = { id: runner, kind, version, capabilities, slots };
  const quarantine = await seeRunner(context.db, introduction, now);
  // A process that was killed and started again has forgotten its tasks; the answer to a claim may get lost as well.
  if (await hasLost(context.db, runner, held.map(attemptOf)))
    await takeFromRunner(context, runner, held, now);
  if (version !== RUNNER_CONTRACT_VERSION)
    return {
      type: "exit",
      reason: `This runner speaks version ${version} of the contract, the Worker version ${RUNNER_CONTRACT_VERSION}.`,
    };
  if (quarantine) {
    // Another container replaces it. A process that stays gets work again when its quarantine is over or lifted.
    if (kind !== "container") return { type: "wait" };
    const until = new Date(quarantine.until).toISOString();
    return { type: "exit", reason: `In quarantine until ${until}: ${quarantine.reason}` };
  }
  if (unfit === null) return null;
  log("runner.unfit", { runner, reason: unfit });
  return { type: "wait" };
}

/** Slots of all runners that a deployment has, or may wake. */
export async function fleetSlots({ env, db }: JobContext, now: number): Promise<number> {
  return containerSlots(env) + (await slotsBesideContainers(db, now));
}

/** Hands a task that was claimed for a runner out to it. */
export async function handOut(
  context: JobContext,
  { task, isBusy }: { task: ClaimedRow; isBusy: boolean },
  runner: string,
): Promise<ClaimAnswer> {
  const { db } = context;
  try {
    return { type: "task", task: await claimedTask(context, task, runner, isBusy) };
  } catch (error) {
    await runBatch(db, [handBack(db, task)]);
    throw error;
  }
}

/** Records what a running task has done so far, and renews its lease. */
export async function recordProgress(
  context: RunnerContext,
  report: ProgressReport,
  now: number,
): Promise<ProgressAnswer> {
  const { taskId: id, attempt, runner, ratio, outputs } = report;
  const hasNews = Object.keys(outputs).length > 0;
  const before = hasNews ? await findHeld(context, report, runner) : null;
  const isKept =
    before !== null
      ? await storeProgress(context, before, report, now)
      : !hasNews && (await reportProgress(context.db, { id, attempt, runner }, ratio, now));
  if (isKept) return { type: "continue" };
  // Still this attempt's task, but its transcode was stopped.
  const task = await findHeld(context, report, runner);
  if (task) await cancelTask(context, task);
  return { type: "stop" };
}

/** Records how an attempt ended, once, however often it is reported. */
export async function recordResult(
  context: RunnerContext,
  report: ResultReport,
  now: number,
): Promise<ResultAnswer> {
  const { taskId: id, attempt, runner, outcome } = report;
  if (outcome.type === "done" && outcome.result.kind === "media") {
    const finished = await applyMedia(context, { id, attempt, runner }, outcome.result, now);
    if (finished) {
      logEnd("done", report, finished, now);
      return { type: "recorded" };
    }
  }
  const task = await findTask(context.db, id);
  if (task?.attempt === attempt && task.state === "done") {
    // Its consequences may have been lost with the response.
    followLater(context, task, UNKNOWN_PROGRESS);
    return { type: "recorded" };
  }
  const isHeld = task !== null && isHeldBy(task, report, runner);
  const end = isHeld ? await recordOutcome(context, task, outcome, now) : "lost";
  logEnd(end, report, task, now);
  return { type: end === "lost" ? "lost" : "recorded" };
}

function logEnd(
  end: "done" | "failed" | "lost",
  { taskId: id, attempt, runner, outcome }: ResultReport,
  task: Pick<Task, "videoId" | "kind" | "name" | "startedAt"> | null,
  now: number,
): void {
  const milliseconds = now - (task?.startedAt ?? now);
  const { videoId, name } = task ?? {};
  const code = end === "failed" && outcome.type === "failed" ? outcome.code : undefined;
  if (task) {
    count("tasks.ended", { kind: task.kind, end, code: code ?? "" });
    count("runner.ms", { runner: runnerKindOf(runner) }, milliseconds);
    if (end === "done") observe("task.ms", { kind: task.kind }, milliseconds);
  }
  log(`task.${end}`, { id, videoId, name, attempt, runner, milliseconds, code });
}

/** Ids of containers and of local processes begin with their kind. */
function runnerKindOf(runner: string): RunnerKind {
  const [kind] = runner.split("-", 1);
  return kind === "container" || kind === "local" ? kind : "remote";
}

async function recordOutcome(
  context: RunnerContext,
  task: Task,
  outcome: ResultReport["outcome"],
  now: number,
): Promise<"done" | "failed" | "lost"> {
  try {
    if (outcome.type === "failed") return await fail(context, task, outcome);
    if (await applyResult(context, task, outcome.result, now)) return "done";
    await cancelTask(context, task);
    return "lost";
  } catch (error) {
    // The runner reports again until the database answers.
    if (isTransient(error)) throw error;
    log("task.error", { id: task.id, error });
    return fail(context, task, {
      code: "attempt_interrupted",
      detail: `The result could not be used: ${error instanceof Error ? error.message : String(error)}`,
      permanent: false,
    });
  }
}

async function fail(
  context: RunnerContext,
  task: Task,
  { code, detail, permanent }: Failure,
): Promise<"failed" | "lost"> {
  if (await recordFailure(context, task, { code, detail, permanent })) return "failed";
  await cancelTask(context, task);
  return "lost";
}

/** Gives all tasks that a runner no longer works on to others. */
export async function takeBack(
  context: RunnerContext,
  { runner, held, reason }: HandBack,
  now: number,
): Promise<void> {
  log("runner.handed-back", { runner, held: held.length, reason });
  // Done before its tasks are taken: it must not get another one in the meantime.
  await context.desk.leave(runner).catch(() => undefined);
  await takeFromRunner(context, runner, held, now);
  context.defer(
    wakeRunners(context, now).catch((error: unknown) => log("runner.wake-failed", { error })),
  );
}

/** Gives what an ended container still had to others at once. A wake message may start it again. */
export async function containerEnded(
  context: RunnerContext,
  runner: string,
  reason: string,
  now: number,
): Promise<void> {
  await noteEnd(context.db, runner, now);
  await takeBack(context, { runner, held: [], reason }, now);
}

/** Puts back what the runner does not hold any more; the time that it worked on it counts for the creators. */
async function takeFromRunner(
  { db, env }: JobContext,
  runner: string,
  held: readonly HeldAttempt[],
  now: number,
): Promise<void> {
  const kept = held.map(attemptOf);
  await runBatch(db, [
    ...countEndedTime(db, { runner, held: kept }, encodeBudgetMs(env), now),
    handBackLost(db, runner, kept),
  ]);
}

async function findHeld(
  { db }: RunnerContext,
  report: HeldAttempt,
  runner: string,
): Promise<Task | null> {
  const task = await findTask(db, report.taskId);
  return task && isHeldBy(task, report, runner) ? task : null;
}

const isHeldBy = (task: Task, { attempt }: HeldAttempt, runner: string): boolean =>
  task.state === "running" && task.attempt === attempt && task.runner === runner;

const attemptOf = ({ taskId, attempt }: HeldAttempt) => ({ id: taskId, attempt });
