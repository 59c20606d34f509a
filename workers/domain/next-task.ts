/** The best runnable task of one active transcode. */
export interface Candidate {
  taskId: string;
  ownerId: string;
  /** Lower goes first; below `URGENT_BELOW` it is a first segment or a plan. */
  priority: number;
  /** When the transcode was created, ms since the epoch. */
  since: number;
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

export const URGENT_BELOW = 100;

/**
 * Which task to start next, and where; null when nothing can start.
 *
 * Work without a slot first (it is short and ends a video). Then, for each creator below a fair share of
 * the slots, urgent tasks; then the creator with the fewest running tasks, so that a long film never keeps
 * short clips of others waiting; then the oldest transcode. A creator at or above the share has no urgent
 * tasks: a thousand plans of one upload folder must not hold back everybody else.
 */
export function nextTask(state: SchedulerState): Assignment | null {
  const place = freePlace(state.slots, state.running);
  const runnable = place
    ? state.candidates
    : state.candidates.filter((candidate) => !candidate.needsSlot);
  const [first, ...rest] = runnable;
  if (!first) return null;
  const load = countBy(state.running.filter((task) => task.place).map((task) => task.ownerId));
  const owners = new Set([
    ...load.keys(),
    ...state.candidates.map((candidate) => candidate.ownerId),
  ]);
  const share = state.slots.length / owners.size;
  const rank = (candidate: Candidate): number[] => {
    const running = load.get(candidate.ownerId) ?? 0;
    const urgent = candidate.priority < URGENT_BELOW && running < share;
    return [
      candidate.needsSlot ? 1 : 0,
      urgent ? 0 : 1,
      running,
      candidate.since,
      candidate.priority,
    ];
  };
  const best = rest.reduce(
    (left, right) => (precedes(rank(right), rank(left)) ? right : left),
    first,
  );
  return { taskId: best.taskId, place: best.needsSlot ? place : null };
}

/** Places that nothing runs on. */
export function freePlaces(slots: readonly Slot[], running: readonly RunningTask[]): Slot[] {
  const taken = new Set(
    running.flatMap(({ place }) => (place ? [`${place.runner}.${place.slot}`] : [])),
  );
  return slots.filter(({ runner, slot }) => !taken.has(`${runner}.${slot}`));
}

/** A free place on the runner with the fewest tasks, so that work spreads over the machines. */
function freePlace(slots: readonly Slot[], running: readonly RunningTask[]): Slot | null {
  const load = countBy(running.flatMap(({ place }) => (place ? [place.runner] : [])));
  let best: Slot | null = null;
  for (const place of freePlaces(slots, running)) {
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
