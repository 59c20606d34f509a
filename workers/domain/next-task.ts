import type { Priority } from "../contract/transcodes.ts";
import { isUrgent, priorityRank } from "./task-order.ts";

/** The best runnable task of one active transcode. */
export interface RunnableTask {
  taskId: string;
  ownerId: string;
  priority: Priority;
  /** When the transcode was created, in milliseconds since the epoch. */
  since: number;
  /** Adds to a video that is already ready: a second codec, files to download. */
  isExtra: boolean;
  /** False for tasks that the Worker runs itself. */
  needsSlot: boolean;
}

/** One slot of one runner; it runs one task at a time. */
export interface RunnerSlot {
  runner: number;
  slot: number;
}

export interface RunningTask {
  ownerId: string;
  /** null for tasks that the Worker runs itself. */
  slot: RunnerSlot | null;
}

export interface SchedulerState {
  /** Every slot of the deployment. */
  slots: readonly RunnerSlot[];
  running: readonly RunningTask[];
  runnable: readonly RunnableTask[];
}

export interface Assignment {
  taskId: string;
  slot: RunnerSlot | null;
}

/** One slot in this many is kept free for urgent tasks, so that a new video need not wait for a chunk of another to end. */
const SLOTS_PER_RESERVE = 20;

/**
 * Which task to start next, and on which slot; null when nothing can start.
 *
 * Tasks without a slot go first: they are short and complete a video. Then, for each creator below a fair share of the
 * slots, urgent tasks. Extras come after everything that makes a video ready. Then the creator with the fewest running
 * tasks goes first, so that a long video never keeps the short videos of others waiting, and then the oldest transcode.
 * A creator at or above the fair share has no urgent tasks: a thousand plans from one bulk upload must not hold back
 * everybody else.
 */
export function nextTask({ slots, running, runnable }: SchedulerState): Assignment | null {
  const load = countBy(running.filter((task) => task.slot).map((task) => task.ownerId));
  const owners = new Set([...load.keys(), ...runnable.map((task) => task.ownerId)]);
  const loadOf = ({ ownerId }: RunnableTask) => load.get(ownerId) ?? 0;
  const goesFirst = (task: RunnableTask) =>
    isUrgent(task.priority) && loadOf(task) < slots.length / owners.size;

  const free = freeSlots(slots, running).length;
  const freeForBulk = free - Math.floor(slots.length / SLOTS_PER_RESERVE);
  const [first, ...rest] = runnable.filter(
    (task) => !task.needsSlot || (goesFirst(task) ? free : freeForBulk) > 0,
  );
  if (!first) return null;
  const rank = (task: RunnableTask): number[] => [
    task.needsSlot ? 1 : 0,
    goesFirst(task) ? 0 : task.isExtra ? 2 : 1,
    loadOf(task),
    task.since,
    priorityRank(task.priority),
  ];
  const best = rest.reduce(
    (left, right) => (precedes(rank(right), rank(left)) ? right : left),
    first,
  );
  return { taskId: best.taskId, slot: best.needsSlot ? freeSlot(slots, running) : null };
}

/** Slots that nothing runs on. */
export function freeSlots(
  slots: readonly RunnerSlot[],
  running: readonly RunningTask[],
): RunnerSlot[] {
  const taken = new Set(
    running.flatMap(({ slot }) => (slot ? [`${slot.runner}.${slot.slot}`] : [])),
  );
  return slots.filter(({ runner, slot }) => !taken.has(`${runner}.${slot}`));
}

/** A free slot on the runner with the fewest tasks, so that work spreads over the runners. */
function freeSlot(
  slots: readonly RunnerSlot[],
  running: readonly RunningTask[],
): RunnerSlot | null {
  const load = countBy(running.flatMap(({ slot }) => (slot ? [slot.runner] : [])));
  let best: RunnerSlot | null = null;
  for (const slot of freeSlots(slots, running)) {
    if (!best || (load.get(slot.runner) ?? 0) < (load.get(best.runner) ?? 0)) best = slot;
  }
  return best;
}

/** All slots of a deployment, in the order in which an idle deployment fills them. */
export function allSlots(runners: number, slotsPerRunner: number): RunnerSlot[] {
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
