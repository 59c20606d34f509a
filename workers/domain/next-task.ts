import type { Priority } from "../contract/transcode.ts";
import { isUrgent, priorityRank } from "./task-order.ts";

/** The best runnable task of one active transcode. */
export interface Candidate {
  taskId: string;
  ownerId: string;
  priority: Priority;
  /** When the transcode was created, ms since the epoch. */
  since: number;
  /** Adds to a video that is ready already: a second codec, files to download. */
  isExtra: boolean;
  /** False for work that the Worker does itself. */
  needsSlot: boolean;
}

/** One place on one runner; it runs one task at a time. */
export interface Slot {
  runner: number;
  slot: number;
}

export interface RunningTask {
  ownerId: string;
  /** null for work that the Worker does itself. */
  place: Slot | null;
}

export interface SchedulerState {
  /** Every place there is. */
  slots: readonly Slot[];
  running: readonly RunningTask[];
  candidates: readonly Candidate[];
}

export interface Assignment {
  taskId: string;
  place: Slot | null;
}

/** Of so many places one is kept free for urgent work: else a clip would wait for a chunk of a film to end. */
const SLOTS_PER_RESERVE = 20;

/**
 * Which task to start next, and where; null when nothing can start.
 *
 * Work without a slot first (it is short and ends a video). Then, for each creator below a fair share of
 * the slots, urgent tasks; extras come after everything that makes a video ready; then the creator with the fewest running tasks, so that a long film never keeps
 * short clips of others waiting; then the oldest transcode. A creator at or above the share has no urgent
 * tasks: a thousand plans of one upload folder must not hold back everybody else.
 */
export function nextTask({ slots, running, candidates }: SchedulerState): Assignment | null {
  const load = countBy(running.filter((task) => task.place).map((task) => task.ownerId));
  const owners = new Set([...load.keys(), ...candidates.map((candidate) => candidate.ownerId)]);
  const loadOf = ({ ownerId }: Candidate) => load.get(ownerId) ?? 0;
  const isFavoured = (candidate: Candidate) =>
    isUrgent(candidate.priority) && loadOf(candidate) < slots.length / owners.size;

  const free = freeSlots(slots, running).length;
  const forOthers = free - Math.floor(slots.length / SLOTS_PER_RESERVE);
  const [first, ...rest] = candidates.filter(
    (candidate) => !candidate.needsSlot || (isFavoured(candidate) ? free : forOthers) > 0,
  );
  if (!first) return null;
  const rank = (candidate: Candidate): number[] => [
    candidate.needsSlot ? 1 : 0,
    isFavoured(candidate) ? 0 : candidate.isExtra ? 2 : 1,
    loadOf(candidate),
    candidate.since,
    priorityRank(candidate.priority),
  ];
  const best = rest.reduce(
    (left, right) => (precedes(rank(right), rank(left)) ? right : left),
    first,
  );
  return { taskId: best.taskId, place: best.needsSlot ? freeSlot(slots, running) : null };
}

/** Places that nothing runs on. */
export function freeSlots(slots: readonly Slot[], running: readonly RunningTask[]): Slot[] {
  const taken = new Set(
    running.flatMap(({ place }) => (place ? [`${place.runner}.${place.slot}`] : [])),
  );
  return slots.filter(({ runner, slot }) => !taken.has(`${runner}.${slot}`));
}

/** A free place on the runner with the fewest tasks, so that work spreads over the machines. */
function freeSlot(slots: readonly Slot[], running: readonly RunningTask[]): Slot | null {
  const load = countBy(running.flatMap(({ place }) => (place ? [place.runner] : [])));
  let best: Slot | null = null;
  for (const place of freeSlots(slots, running)) {
    if (!best || (load.get(place.runner) ?? 0) < (load.get(best.runner) ?? 0)) best = place;
  }
  return best;
}

/** All places of a deployment, by configuration. */
export function allSlots(runners: number, slotsPerRunner: number): Slot[] {
  return Array.from({ length: runners * slotsPerRunner }, (_, index) => ({
    runner: index % runners,
    slot: Math.floor(index / runners),
  }));
}

function countBy<K>(keys: readonly K[]): Map<K, number> {
  const counts = new Map<K, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

function precedes(left: readonly number[], right: readonly number[]): boolean {
  const index = left.findIndex((value, at) => value !== right[at]);
  return index >= 0 && (left[index] ?? 0) < (right[index] ?? 0);
}
