import { setTimeout as pause } from "node:timers/promises";
import {
  type ClaimAnswer,
  type ClaimedTask,
  type HeldAttempt,
  MAX_CLAIM_WAIT_SECONDS,
  RUNNER_CONTRACT_VERSION,
} from "../../../workers/contract/runner-api.ts";
import type { RunnerCapabilities } from "../../../workers/contract/runners.ts";
import { TaskFailure } from "./failure.ts";
import { errorWithCause, log } from "./log.ts";
import { onBehalfOf } from "./trace.ts";
import type { Runner } from "./runner.ts";
import { CallRefused, type RunnerApi } from "./runner-api.ts";
import { TaskReport } from "./task-report.ts";

/** Waits after a failed claim, and before an unfit host is checked again. */
const FIRST_RETRY_DELAY_MS = 250;
const MAX_RETRY_DELAY_MS = 5000;
const TIMEOUT_HAND_BACK_MS = 5000;
/** The HTTP status for an invalid token, for which a retry is useless. */
const UNAUTHENTICATED = 401;

export interface WorkOptions {
  api: RunnerApi;
  /** The identity of this process. */
  id: string;
  runner: Runner;
  capabilities: RunnerCapabilities;
  slots: number;
  /** The process ends after this long without a task; Infinity for never. */
  idleMs: number;
  /** Why the host cannot take a task now; null if it can. */
  unfitness: () => Promise<string | null>;
}

/** Why the process has nothing more to do. */
export type WorkEnd = { type: "idle" | "stopped" } | { type: "exit" | "unfit"; reason: string };

/** Claims tasks, lets the host run them, and reports them, until there is no work or the loop is stopped. */
export class WorkLoop {
  readonly #options: WorkOptions;
  /** Tasks that the Worker has given to this process and whose result it has not answered yet. */
  readonly #held = new Map<string, { attempt: HeldAttempt; work: Promise<void> }>();
  readonly #stopping = new AbortController();
  #lastWorkAt = Date.now();
  #isAsking = false;

  constructor(options: WorkOptions) {
    this.#options = options;
  }

  /** Resolves when the process should end. Tasks that still run then are awaited, or handed back by `stop`. */
  async run(): Promise<WorkEnd> {
    let delay = FIRST_RETRY_DELAY_MS;
    for (;;) {
      if (this.#stopping.signal.aborted) return { type: "stopped" };
      if (this.#held.size >= this.#options.slots) {
        await this.#settled();
        continue;
      }
      const before = await this.#options.unfitness();
      const answer = await this.#claim(before);
      if (this.#stopping.signal.aborted) return { type: "stopped" };
      // Checked again, because the claim may have waited long.
      const unfit = await this.#options.unfitness();
      if (answer?.type === "task") await this.#take(answer.task, unfit);
      if (answer?.type === "exit") {
        await Promise.all(this.#works());
        return answer;
      }
      // The Worker is informed before the process ends.
      if (unfit !== null && before === null) continue;
      if (this.#isIdle())
        return unfit === null ? { type: "idle" } : { type: "unfit", reason: unfit };
      // A container gets a new disk with its next start, and a local process may be repaired while it runs.
      if (unfit !== null && this.#options.idleMs !== Infinity && this.#held.size === 0)
        return { type: "unfit", reason: unfit };
      if (answer !== null && unfit === null) {
        delay = FIRST_RETRY_DELAY_MS;
        continue;
      }
      await this.#wait(delay);
      delay = Math.min(2 * delay, MAX_RETRY_DELAY_MS);
    }
  }

  /**
   * Stops taking tasks. Those that still run after the grace period are handed back, so that other runners do them at
   * once.
   */
  async stop(graceMs: number): Promise<void> {
    // The Worker may be giving it a task at this moment.
    const wasAsking = this.#isAsking;
    this.#stopping.abort();
    const { runner } = this.#options;
    const isOver = await Promise.race([
      Promise.all(this.#works()).then(() => true),
      pause(graceMs, false, { ref: false }),
    ]);
    if (isOver && !wasAsking) return;
    for (const task of this.#held.keys()) log("task.handed-back", { task });
    const handedBack = this.#handBack("The runner stops.", []);
    runner.abandon(new TaskFailure("runner_restarted"));
    await Promise.race([handedBack, pause(TIMEOUT_HAND_BACK_MS, undefined, { ref: false })]);
    await Promise.all(this.#works());
  }

  #works(): Promise<void>[] {
    return Array.from(this.#held.values(), ({ work }) => work);
  }

  #settled(): Promise<void> {
    return Promise.race(this.#works());
  }

  #isIdle(): boolean {
    return this.#held.size === 0 && Date.now() - this.#lastWorkAt >= this.#options.idleMs;
  }

  #wait(milliseconds: number): Promise<void> {
    const { signal } = this.#stopping;
    return pause(milliseconds, undefined, { signal }).catch(() => undefined);
  }

  /** Null if the Worker could not be reached. */
  async #claim(unfit: string | null): Promise<ClaimAnswer | null> {
    const { api, id, capabilities, slots, idleMs } = this.#options;
    const idleSeconds = Math.max(0, (this.#lastWorkAt + idleMs - Date.now()) / 1000);
    const wait = this.#held.size > 0 ? Infinity : idleSeconds;
    const request = {
      runner: id,
      version: RUNNER_CONTRACT_VERSION,
      capabilities,
      slots,
      held: this.#heldAttempts(),
      waitSeconds:
        unfit !== null && idleMs !== Infinity ? 0 : Math.min(MAX_CLAIM_WAIT_SECONDS, wait),
      unfit,
    };
    this.#isAsking = true;
    try {
      return await api.claim(request, this.#stopping.signal);
    } catch (error) {
      if (this.#stopping.signal.aborted) return null;
      log("claim.failed", { error: errorWithCause(error) });
      const isRevoked = error instanceof CallRefused && error.status === UNAUTHENTICATED;
      return isRevoked ? { type: "exit", reason: "The token is unknown or was revoked." } : null;
    } finally {
      this.#isAsking = false;
    }
  }

  /** Starts a task, or hands it back if the host has become unfit while it waited for it. */
  async #take(task: ClaimedTask, unfit: string | null): Promise<void> {
    if (unfit === null) return this.#start(task);
    log("task.handed-back", { task: task.taskId, reason: unfit });
    await this.#handBack(unfit);
  }

  /** Tells the Worker which tasks this process holds. If that fails, the next claim does so. */
  async #handBack(reason: string, held = this.#heldAttempts()): Promise<void> {
    const { api, id: runner } = this.#options;
    await api
      .handBack({ runner, held, reason })
      .catch((error: unknown) =>
        log("report.failed", { report: "hand-back", error: String(error) }),
      );
  }

  #heldAttempts(): HeldAttempt[] {
    return Array.from(this.#held.values(), ({ attempt }) => attempt);
  }

  #start(task: ClaimedTask): void {
    const { taskId, attempt } = task;
    const work = onBehalfOf(task.requestId, () => this.#perform(task)).finally(() => {
      this.#held.delete(taskId);
      this.#lastWorkAt = Date.now();
    });
    this.#held.set(taskId, { attempt: { taskId, attempt }, work });
  }

  async #perform({ token, ...task }: ClaimedTask): Promise<void> {
    const { api, id, runner } = this.#options;
    const lost = new AbortController();
    const report = new TaskReport(api, id, task, () => lost.abort());
    try {
      const request = { ...task, storage: api.storageUrl(token) };
      await runner.run(request, lost.signal, (event) => report.add(event));
      const { outcome } = report;
      // A task that was lost or handed back is ignored from now on.
      const isOurs = !lost.signal.aborted && !runner.abandoned;
      if (outcome !== undefined && isOurs) await report.end(outcome);
    } finally {
      report.close();
    }
  }
}
