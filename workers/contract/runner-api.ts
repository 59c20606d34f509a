import { z } from "zod";
import { RunnerCapabilities, RunnerId } from "./runners.ts";
import { RenditionOutput, TaskRequest, TaskResult } from "./transcodes.ts";

/**
 * The API by which a runner gets work, below one base URL (docs/scheduling.md):
 *
 *   POST claim      ClaimRequest -> ClaimAnswer, after up to `waitSeconds`
 *   POST progress   ProgressReport -> ProgressAnswer
 *   POST result     ResultReport -> ResultAnswer
 *   POST hand-back  HandBack -> 204
 *   *    storage/{token}/{key}, the keys of one task (contract/task-storage.ts)
 *
 * All of them may be repeated. The attempt number is the fence: what a lost attempt reports changes nothing.
 */

/**
 * Version of everything that a Worker and a runner exchange, task specs included. A runner with another version gets
 * `exit` instead of a task: raise the version with every change that an older runner, or an older Worker, would not
 * understand.
 */
export const RUNNER_CONTRACT_VERSION = 3;

/** How often a runner reports segments that viewers may wait for. The first of each rendition it reports at once. */
export const NEWS_INTERVAL_MS = 4000;
/** How often it reports a running task without any: three reports may get lost before the lease ends. */
export const PROGRESS_INTERVAL_MS = 12_000;
/** The longest time for which a claim waits for work. */
export const MAX_CLAIM_WAIT_SECONDS = 20;
/** Maximum slots of a runner; one process serves them all. */
export const MAX_SLOTS = 64;

export const HeldAttempt = z.object({ taskId: z.string(), attempt: z.int().positive() });
export type HeldAttempt = z.infer<typeof HeldAttempt>;

const Held = z.array(HeldAttempt).max(MAX_SLOTS);

export const ClaimRequest = z.object({
  /** Ignored where the credential says who the runner is. */
  runner: RunnerId,
  version: z.int(),
  capabilities: RunnerCapabilities,
  slots: z.int().min(1).max(MAX_SLOTS),
  /** The tasks that the process works on: all other tasks of the runner are given to others. */
  held: Held,
  waitSeconds: z.number().min(0).max(MAX_CLAIM_WAIT_SECONDS),
  /** Why the runner can take no task at the moment, for the operator; null if it can. */
  unfit: z.string().max(500).nullable(),
});
export type ClaimRequest = z.infer<typeof ClaimRequest>;

/** A task without the storage URL, which the runner makes of its base URL and the token. */
export const ClaimedTask = TaskRequest.omit({ storage: true }).extend({ token: z.string() });
export type ClaimedTask = z.infer<typeof ClaimedTask>;

export const ClaimAnswer = z.discriminatedUnion("type", [
  z.object({ type: z.literal("task"), task: ClaimedTask }),
  /** There is no work now: ask again. */
  z.object({ type: z.literal("wait") }),
  /** There is no work for this process at all: end. */
  z.object({ type: z.literal("exit"), reason: z.string() }),
]);
export type ClaimAnswer = z.infer<typeof ClaimAnswer>;

export const ProgressReport = HeldAttempt.extend({
  runner: RunnerId,
  /** 0 to 1. */
  ratio: z.number().min(0).max(1),
  /** Segments stored since the last report that was answered; each output is cumulative for its rendition. */
  outputs: z.record(z.string(), RenditionOutput),
});
export type ProgressReport = z.infer<typeof ProgressReport>;

/** `stop`: the attempt has lost its task, and its result is no longer needed. */
export const ProgressAnswer = z.object({ type: z.enum(["continue", "stop"]) });
export type ProgressAnswer = z.infer<typeof ProgressAnswer>;

export const TaskOutcome = z.discriminatedUnion("type", [
  z.object({ type: z.literal("done"), result: TaskResult }),
  /** `permanent`: the source is at fault, so another attempt cannot help. */
  z.object({
    type: z.literal("failed"),
    code: z.string(),
    detail: z.string(),
    permanent: z.boolean(),
  }),
]);
export type TaskOutcome = z.infer<typeof TaskOutcome>;

export const ResultReport = HeldAttempt.extend({ runner: RunnerId, outcome: TaskOutcome });
export type ResultReport = z.infer<typeof ResultReport>;

export const ResultAnswer = z.object({ type: z.enum(["recorded", "lost"]) });
export type ResultAnswer = z.infer<typeof ResultAnswer>;

/** The runner works on nothing but `held` any more: the rest of its tasks is given to others at once. */
export const HandBack = z.object({ runner: RunnerId, held: Held, reason: z.string().max(500) });
export type HandBack = z.infer<typeof HandBack>;
