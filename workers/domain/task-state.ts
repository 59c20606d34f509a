import type { Stage, TaskKind, TaskSpec } from "../contract/transcodes.ts";
import { FAILURES } from "./failures.ts";
import { isExtraStage } from "./task-order.ts";

/** A runner reports at least every 5 s; one that is silent for this long has lost its task. */
export const LEASE_MS = 45_000;

/** A task is dead after this many failures. */
export const MAX_FAILURES = 4;

/** The wait after the first failure; each further wait is four times as long. */
const FIRST_RETRY_MS = 5000;

export interface Failure {
  code: string;
  detail: string;
  /** The source is at fault: another attempt cannot help. */
  permanent: boolean;
}

export type AfterFailure =
  | { state: "queued"; failures: number; notBefore: number }
  | { state: "dead"; failures: number };

/**
 * The state of a task after a failed attempt: queued again after 5, 20 and 80 s, then dead.
 * @param failures failures before this one
 * @param now milliseconds since the epoch, as is `notBefore`
 */
export function afterFailure(failures: number, failure: Failure, now: number): AfterFailure {
  const count = failures + 1;
  if (failure.permanent || count >= MAX_FAILURES) return { state: "dead", failures: count };
  return { state: "queued", failures: count, notBefore: now + FIRST_RETRY_MS * 4 ** failures };
}

/** Kinds that a video cannot be published without. If one of the others is dead, the video only lacks its result. */
const ESSENTIAL_KINDS: readonly TaskKind[] = ["plan", "remux", "video", "finish"];

/** Whether the video fails when this task is dead. Of the audio tracks it needs only the default one. */
export function isRequired({ stage, spec }: { stage: Stage; spec: TaskSpec }): boolean {
  if (isExtraStage(stage)) return false;
  return spec.kind === "audio" ? spec.rendition.isDefault : ESSENTIAL_KINDS.includes(spec.kind);
}

/** False for the kinds that the Worker runs itself, without a slot of a runner. */
export function needsSlot(kind: TaskKind): boolean {
  return kind !== "finish";
}

const SENTENCES = new Map<string, string>(
  Object.entries(FAILURES).map(([code, { sentence }]) => [code, sentence]),
);

/**
 * The failure that a creator is shown, with the code of the last attempt. A permanent failure keeps what the transcoder
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
