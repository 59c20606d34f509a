import { FAILURES } from "./failures.ts";
import { isExtraStage } from "./task-order.ts";
import type { Stage, TaskKind, TaskSpec } from "../contract/transcodes.ts";

/** A runner reports at least every 5 s; one that is silent for this long has lost its task. Milliseconds. */
export const LEASE_MS = 45_000;

/** Failures after which a task is given up. */
export const MAX_FAILURES = 4;

export interface Failure {
  code: string;
  detail: string;
  /** Another attempt cannot help: the source is at fault. */
  permanent: boolean;
}

export type AfterFailure =
  | { state: "queued"; failures: number; notBefore: number }
  | { state: "dead"; failures: number };

/**
 * What becomes of a task after a failed attempt: again after 5, 20 and 80 s, then never.
 * @param failures failures before this one
 */
export function afterFailure(failures: number, failure: Failure, now: number): AfterFailure {
  const count = failures + 1;
  if (failure.permanent || count >= MAX_FAILURES) return { state: "dead", failures: count };
  return { state: "queued", failures: count, notBefore: now + 5000 * 4 ** failures };
}

/** Kinds whose result a video cannot be published without; a dead one of the others leaves it poorer, not failed. */
const ESSENTIAL: readonly TaskKind[] = ["plan", "remux", "video", "finish"];

/** Does the video fail when this task is dead? Of its sound it needs the default track alone. */
export function isRequired({ stage, spec }: { stage: Stage; spec: TaskSpec }): boolean {
  if (isExtraStage(stage)) return false;
  return spec.kind === "audio" ? spec.rendition.isDefault : ESSENTIAL.includes(spec.kind);
}

/** Kinds that the Worker runs itself, without a runner's slot. */
export function needsSlot(kind: TaskKind): boolean {
  return kind !== "finish";
}

const SENTENCES = new Map<string, string>(
  Object.entries(FAILURES).map(([code, { sentence }]) => [code, sentence]),
);

/**
 * The failure a creator is shown, with the code of the last attempt: what the transcoder said about the source, or
 * what went wrong on our side, in the sentence of the table, since `detail` may be for the operator then.
 */
export function videoFailure({ code, detail, permanent }: Failure): {
  code: string;
  detail: string;
} {
  if (permanent) return { code, detail };
  const cause = SENTENCES.get(code) ?? "The video could not be processed.";
  return {
    code,
    detail: `${cause} Several attempts did not help. The uploaded file is kept: try again, and tell the operator if it stays.`,
  };
}
