import type { Priority } from "../../contract/task-order.ts";
import { isWorkersLane, type Lane, urgencyOf } from "./lanes.ts";
import { priorityRank } from "./task-order.ts";

/** The creator who is next in a lane, with their best runnable task in it. */
export interface LaneHead {
  ownerId: string;
  lane: Lane;
  /** Tasks of this creator that run on runners now. */
  running: number;
  priority: Priority;
  /** When the transcode was created, in milliseconds since the epoch. */
  since: number;
}

export interface SchedulerState {
  /** Slots of all runners that the deployment may have. */
  slots: number;
  /** Tasks that run on runners. */
  running: number;
  /** Creators with runnable or running tasks. */
  creators: number;
  /** The best of each lane that the runner can do tasks of, by fewest running tasks, then age: one for each that is to start. */
  heads: readonly LaneHead[];
}

/** One slot in this many is kept free for urgent tasks, so that a new video need not wait for a chunk of another to end. */
const SLOTS_PER_RESERVE = 20;
/** More free slots would only be idle: in a large fleet some slot finishes a task every moment. */
const MAX_RESERVE = 8;
/** While work waits, no more than one slot in this many is free, apart from moments. */
const FREE_SHARE_WHILE_BUSY = 8;

/**
 * The lanes from which the next task may be taken, best first; empty when nothing may start.
 *
 * Tasks without a slot go first: they are short and complete a video. Then, for each creator below a fair share of the slots, urgent tasks. Extras come after everything that makes a video
 * ready. Then the creator with the fewest running tasks goes first, so that a long video never keeps the short videos of
 * others waiting, and then the oldest transcode. A creator at or above the fair share has no urgent tasks: a thousand
 * plans from one bulk upload must not hold back everyone else.
 */
export function nextLanes({ slots, running, creators, heads }: SchedulerState): LaneHead[] {
  const share = slots / Math.max(creators, 1);
  const free = slots - running;
  const freeForBulk = free - reserveOf(slots);
  const goesFirst = (head: LaneHead): boolean =>
    urgencyOf(head.lane).isUrgent && head.running < share;
  const rank = (head: LaneHead): number[] => [
    isWorkersLane(head.lane) ? -1 : goesFirst(head) ? 0 : urgencyOf(head.lane).isExtra ? 2 : 1,
    head.running,
    head.since,
    priorityRank(head.priority),
  ];
  return heads
    .filter((head) => isWorkersLane(head.lane) || (goesFirst(head) ? free : freeForBulk) > 0)
    .toSorted((left, right) => compareRanks(rank(left), rank(right)));
}

/**
 * Whether tasks that are not urgent wait although the fleet is running, so that another task would only wait too. In a
 * large fleet some slots are always free: reserved for urgent tasks, or between two tasks.
 */
export function isFleetBusy({ slots, running, heads }: SchedulerState): boolean {
  const isWorkWaiting = heads.some(({ lane }) => !isWorkersLane(lane) && !urgencyOf(lane).isUrgent);
  return isWorkWaiting && slots - running <= Math.max(1, slots / FREE_SHARE_WHILE_BUSY);
}

const reserveOf = (slots: number): number =>
  Math.min(MAX_RESERVE, Math.floor(slots / SLOTS_PER_RESERVE));

function compareRanks(left: readonly number[], right: readonly number[]): number {
  const at = left.findIndex((value, index) => value !== right[index]);
  return (left[at] ?? 0) - (right[at] ?? 0);
}
