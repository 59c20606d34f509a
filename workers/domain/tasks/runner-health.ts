import { LEASE_MS } from "./task-state.ts";

/** A runner on which this many different tasks failed in a row is in quarantine. */
const MAX_CONSECUTIVE_FAULTS = 3;
/** How long the first quarantine lasts; each further one without a finished task between lasts twice as long. */
const FIRST_QUARANTINE_MS = 15 * 60_000;
const MAX_QUARANTINE_MS = 24 * 3_600_000;
const MAX_REASON_CHARACTERS = 500;

/** A task that failed on a runner through no fault of its source. */
export interface RunnerFault {
  taskId: string;
  code: string;
  /** Milliseconds since the epoch, as all times here. */
  at: number;
}

export interface RunnerHealth {
  /** Failures since the last task that it finished. */
  faults: readonly RunnerFault[];
  /** Quarantines since the last task that it finished. */
  quarantines: number;
}

/** A runner in quarantine gets no tasks. */
export interface QuarantineTimes {
  since: number;
  until: number;
  reason: string;
}

/**
 * The health of a runner after a task failed on it, and the quarantine that this starts. A task that fails twice counts
 * once, and so do leases that expired together, because the death of a runner ends all of its tasks. After a
 * quarantine, one fault starts the next.
 * @param detail the runner's message, for the operator
 */
export function afterFault(
  health: RunnerHealth,
  fault: RunnerFault,
  detail: string,
): { health: RunnerHealth; quarantine: QuarantineTimes | null } {
  const isKnown = health.faults.some(
    (other) =>
      other.taskId === fault.taskId ||
      (fault.code === "lease_expired" &&
        other.code === fault.code &&
        fault.at - other.at < LEASE_MS),
  );
  if (isKnown) return { health, quarantine: null };
  const faults = [...health.faults, fault].slice(-MAX_CONSECUTIVE_FAULTS);
  const isProven = health.quarantines === 0;
  if (isProven && faults.length < MAX_CONSECUTIVE_FAULTS)
    return { health: { ...health, faults }, quarantine: null };
  const length = Math.min(FIRST_QUARANTINE_MS * 2 ** health.quarantines, MAX_QUARANTINE_MS);
  const count = isProven
    ? `${MAX_CONSECUTIVE_FAULTS} tasks in a row failed on this runner`
    : "A task failed on this runner after its last quarantine";
  const reason = `${count}: ${fault.code}. ${detail}`.slice(0, MAX_REASON_CHARACTERS);
  return {
    health: { faults, quarantines: health.quarantines + 1 },
    quarantine: { since: fault.at, until: fault.at + length, reason },
  };
}

/** The health of a runner once one of its failed tasks has failed elsewhere too: it was the task, not the runner. */
export function withoutFault(health: RunnerHealth, taskId: string): RunnerHealth {
  return { ...health, faults: health.faults.filter((fault) => fault.taskId !== taskId) };
}

/**
 * Whether so many runners are in quarantine that something else must be at fault, such as the storage. Another quarantine
 * would only stop what still works.
 * @param live runners seen lately, those in quarantine included
 */
export function isCommonFault(live: number, inQuarantine: number): boolean {
  return live > 1 && inQuarantine * 2 >= live;
}
