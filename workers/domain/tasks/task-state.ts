import type { Stage } from "../../contract/task-order.ts";
import type { TaskKind, TaskSpec } from "../../contract/transcodes.ts";
import { FAILURES, isInterruption } from "./failures.ts";
import { isExtraStage } from "./task-order.ts";

/** A runner reports every `PROGRESS_INTERVAL_MS`; one that is silent for this long has lost its task. */
export const LEASE_MS = 45_000;

/** A task is dead after this many failures (interruptions not counted). */
export const MAX_FAILURES = 4;

/** The wait after the first failure; each further wait is four times as long. */
const FIRST_RETRY_MS = 5000;

/** The wait after the second interruption in a row; the first needs none. Each further wait is twice as long. */
const FIRST_INTERRUPTION_MS = 5000;
const MAX_INTERRUPTION_MS = 10 * 60_000;

/** From this interruption of a task on, the operator is informed. */
export const MAX_QUIET_INTERRUPTIONS = 5;

export interface Failure {
  code: string;
  detail: string;
  /** The source is at fault: another attempt cannot help. */
  permanent: boolean;
}

interface Counts {
  failures: number;
  /** Interruptions since the last failure. */
  interruptions: number;
}

export type AfterFailure = Counts &
  (
    | { state: "queued"; /** Time of the next attempt; 0 for at once. */ notBefore: number }
    | { state: "dead" }
  );

/**
 * The state of a task after a failed attempt. A failure: queued again after 5, 20 and 80 s, then dead. An interruption
 * (`isInterruption`): queued again at once, then after 5, 10, 20 s up to ten minutes, without limit.
 * @param before counts before this failure
 * @param now milliseconds since the epoch, as is `notBefore`
 */
export function afterFailure(before: Counts, failure: Failure, now: number): AfterFailure {
  if (isInterruption(failure.code) && !failure.permanent) {
    const { failures, interruptions } = before;
    const wait = Math.min(FIRST_INTERRUPTION_MS * 2 ** (interruptions - 1), MAX_INTERRUPTION_MS);
    const notBefore = interruptions === 0 ? 0 : now + wait;
    return { state: "queued", failures, interruptions: interruptions + 1, notBefore };
  }
  const failures = before.failures + 1;
  const counts = { failures, interruptions: 0 };
  if (failure.permanent || failures >= MAX_FAILURES) return { state: "dead", ...counts };
  return { state: "queued", ...counts, notBefore: now + FIRST_RETRY_MS * 4 ** before.failures };
}

/** Kinds that a video cannot be published without. If one of the others is dead, the video only lacks its result. */
const ESSENTIAL_KINDS: readonly TaskKind[] = ["plan", "remux", "edit", "video", "finish"];

/** Whether the video fails when this task is dead. Of the audio tracks it needs only the default one. */
export function isRequired({ stage, spec }: { stage: Stage; spec: TaskSpec }): boolean {
  if (isExtraStage(stage)) return false;
  return spec.kind === "audio" ? spec.rendition.isDefault : ESSENTIAL_KINDS.includes(spec.kind);
}

const SENTENCES = new Map<string, string>(
  Object.entries(FAILURES).map(([code, { sentence }]) => [code, sentence]),
);

/**
 * The failure that the creator sees, with the code of the last attempt. A permanent failure keeps what the transcoder
 * said about the source; for any other, `detail` may be meant for the operator, so the sentence of `FAILURES` replaces it.
 */
export function videoFailure({ code, detail, permanent }: Failure): {
  code: string;
  detail: string;
} {
  if (permanent) return { code, detail };
  const cause = SENTENCES.get(code) ?? "The video could not be processed.";
  return {
    code,
    detail: `${cause} We tried several times. Your uploaded file is kept: try again, and contact the site's operator if the problem persists.`,
  };
}
