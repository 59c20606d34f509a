import { eq, getTableColumns, inArray, sql } from "drizzle-orm";
import { type Capabilities, type Lane, lanesFor, needOfLane } from "../../domain/tasks/lanes.ts";
import {
  isFleetBusy,
  type LaneHead,
  nextLanes,
  type SchedulerState,
} from "../../domain/tasks/next-task.ts";
import { PRIORITIES } from "../../domain/tasks/task-order.ts";
import { LEASE_MS } from "../../domain/tasks/task-state.ts";
import type { Catalog, Statement } from "../client.ts";
import { countAwake } from "../runners.ts";
import { lanes, scheduler, tasks } from "../transcoding-schema.ts";
import { lostBy, type Task, type TaskAttempt } from "./tasks.ts";

export interface Claim {
  /** Id of the runner. */
  runner: string;
  capabilities: Capabilities;
  /** Tasks that this runner runs at once. */
  slots: number;
  /** Slots of all runners that the deployment may have. */
  fleetSlots: number;
  /**
   * The tasks that the runner works on. With them, the claim gives it nothing while it is in quarantine or while other
   * tasks are still recorded as its own, so neither needs to be read before.
   */
  held?: readonly TaskAttempt[];
  now: number;
}

/** A task with what its runner needs to know about the transcode; null if the transcode has been deleted. */
export interface ClaimedRow extends Task {
  sourceKey: string | null;
  contentKey: string | null;
  /** Id of the request that started the transcode. */
  requestId: string | null;
}

export interface Look {
  task: ClaimedRow | null;
  /** The state of `isFleetBusy` before this claim. */
  isBusy: boolean;
  /** Whether this runner was next for something, though it may not have got it. */
  isOpen: boolean;
}

/** Lanes that a claim tries: the head of a lane may be a task that this runner has failed at. */
const MAX_LANES_TRIED = 4;
/** How many tasks of a lane a claim reads, for the same reason. */
const MAX_TASKS_LOOKED_AT = 4;
/**
 * A runner that has asked for work within this time counts as available for tasks that another runner must not get
 * again.
 */
const RUNNER_PRESENT_MS = 3 * 60_000;

/**
 * Gives the next task to a runner (`nextLanes`). Every claim increments `attempt`: from then on, only the new holder
 * may report.
 *
 * Plan: the totals; one row of index `lanes_next` per lane that the runner can do and that is not empty, some twelve; then
 * the best tasks of a lane by index `tasks_lane`. The cost does not grow with waiting tasks, transcodes or creators:
 * under fifty rows, including the triggers' reads (workers/jobs/tasks/lanes-and-counters.test.ts).
 * @returns null when nothing may start
 */
export async function claimTask(db: Catalog, claim: Claim): Promise<ClaimedRow | null> {
  const [look] = await lookForTasks(db, [claim]);
  return look?.task ?? null;
}

/**
 * Like `claimTask`, for several runners with the same capabilities: one read of the lanes, with as many creators of
 * each, and a batch in which each runner takes a task of another creator.
 */
export async function lookForTasks(db: Catalog, claims: readonly Claim[]): Promise<Look[]> {
  const [first] = claims;
  if (!first) return [];
  let state = await readScheduler(db, first, claims.length);
  const chosen = claims.map((claim) => {
    const heads = nextLanes(state).slice(0, MAX_LANES_TRIED);
    const isBusy = isFleetBusy(state);
    state = afterClaim(state, heads[0]);
    return { claim, heads, isBusy };
  });
  // If there are fewer creators than runners, the last runners get none.
  const [take, ...more] = chosen.flatMap(({ claim, heads: [head] }) =>
    head ? [takeFrom(db, claim, head)] : [],
  );
  const taken = take ? await db.batch([take, ...more]) : [];
  return Promise.all(
    chosen.map(async ({ claim, heads: [, ...others], isBusy }, index): Promise<Look> => {
      const task = taken[index]?.[0] ?? (await takeFirst(db, claim, others));
      return { task, isBusy, isOpen: index < taken.length };
    }),
  );
}

/** The state after the head of a lane was taken, as far as it can be known without reading it again. */
function afterClaim(state: SchedulerState, taken: LaneHead | undefined): SchedulerState {
  if (!taken) return state;
  const heads = state.heads
    .filter((head) => head !== taken)
    .map((head) =>
      head.ownerId === taken.ownerId ? { ...head, running: head.running + 1 } : head,
    );
  return { ...state, running: state.running + 1, heads };
}

async function takeFirst(
  db: Catalog,
  claim: Claim,
  heads: readonly LaneHead[],
): Promise<ClaimedRow | null> {
  for (const head of heads) {
    const [task] = await takeFrom(db, claim, head);
    if (task) return task;
  }
  return null;
}

/** @param count how many creators of each lane */
async function readScheduler(
  db: Catalog,
  { capabilities, fleetSlots }: Claim,
  count: number,
): Promise<SchedulerState> {
  const wanted = lanesFor(capabilities);
  // One look-up per lane rather than a join with a list of them: each row of a list would count as read. D1 binds a hundred
  // parameters, and there are fifty lanes.
  const headsOf = (lane: Lane) => sql`json((
    SELECT json_group_array(json_array(owner_id, running, priority, since)) FROM (
      SELECT owner_id, running, priority, since FROM ${lanes}
      WHERE lane = ${lane} AND held = 0
      ORDER BY running, since, priority LIMIT ${sql.raw(String(count))})))`;
  const heads = sql<string>`json_array(${sql.join(wanted.map(headsOf), sql`, `)})`;
  const totals = sql<string>`(
    SELECT json_array(running, creators) FROM ${scheduler} WHERE id = 1)`;
  const [found] = await db.select({ heads, totals }).from(sql`(SELECT 1) AS claim`);
  const [running = 0, creators = 0] = JSON.parse(found?.totals ?? "[]") as number[];
  const rows = JSON.parse(found?.heads ?? "[]") as LaneHeadColumns[][];
  return {
    slots: fleetSlots,
    running,
    creators,
    heads: wanted.flatMap((lane, index) =>
      (rows[index] ?? []).map(([ownerId, ofOwner, rank, since]): LaneHead => {
        const priority = PRIORITIES[rank] ?? "blocking";
        return { ownerId, lane, running: ofOwner, since, priority };
      }),
    ),
  };
}

type LaneHeadColumns = [ownerId: string, running: number, priority: number, since: number];

/** Query that takes the best task of a lane that this runner has not failed at: one conditional UPDATE. */
function takeFrom(db: Catalog, { runner, slots, held, now }: Claim, { ownerId, lane }: LaneHead) {
  const best = sql`(
    SELECT id FROM (
      SELECT id, avoid FROM tasks
      WHERE owner_id = ${ownerId} AND lane = ${lane} AND runnable = 1
      ORDER BY since, priority, rowid LIMIT ${MAX_TASKS_LOOKED_AT})
    WHERE avoid IS NULL
      OR ${runner} NOT IN (SELECT value FROM json_each(avoid))
      OR NOT ${hasOtherRunner(runner, lane, now)}
    LIMIT 1)`;
  const isSlotFree = sql`(SELECT count(*) FROM tasks WHERE runner = ${runner}) < ${slots}`;
  const isInOrder =
    held === undefined
      ? sql`1`
      : sql`
    NOT EXISTS (SELECT 1 FROM ${tasks} WHERE ${lostBy(runner, held)})
    AND NOT EXISTS (SELECT 1 FROM runners WHERE id = ${runner} AND quarantined_until > ${now})`;
  const ofTranscode = (column: string) => sql<string | null>`(
    SELECT ${sql.raw(column)} FROM transcodes AS t
    WHERE t.video_id = tasks.video_id AND t.version = tasks.version)`;
  return db
    .update(tasks)
    .set({
      state: "running",
      attempt: sql`attempt + 1`,
      runner,
      leaseUntil: now + LEASE_MS,
      startedAt: now,
      finishedAt: null,
      progress: 0,
    })
    .where(sql`${tasks.id} = ${best} AND ${tasks.runnable} = 1 AND ${isSlotFree} AND ${isInOrder}`)
    .returning({
      ...getTableColumns(tasks),
      sourceKey: ofTranscode("source_key"),
      contentKey: ofTranscode("content_key"),
      requestId: ofTranscode("request_id"),
    });
}

/** Is there a runner for this lane on which the task (`avoid`) has not failed? Reads one row more than it has failed on. */
function hasOtherRunner(runner: string, lane: Lane, now: number) {
  const { kind, codec } = needOfLane(lane);
  const can = (list: string, value: string) =>
    sql`${value} IN (SELECT value FROM json_each(other.capabilities, ${list}))`;
  return sql`EXISTS (
    SELECT 1 FROM runners AS other
    WHERE other.last_seen_at > ${now - RUNNER_PRESENT_MS} AND other.id <> ${runner}
      AND coalesce(other.quarantined_until, 0) <= ${now}
      AND other.id NOT IN (SELECT value FROM json_each(avoid))
      AND ${can("$.kinds", kind)} AND ${codec === null ? sql`1` : can("$.codecs", codec)})`;
}

/** Statement that makes tasks runnable whose wait for a retry is over. Plan: index `tasks_waiting`. */
export function promoteDue(db: Catalog, now: number, limit: number): Statement {
  return db
    .update(tasks)
    .set({ notBefore: 0 })
    .where(
      sql`${tasks.id} IN (
        SELECT id FROM tasks
        WHERE state = 'queued' AND not_before > 0 AND not_before <= ${now}
        ORDER BY not_before LIMIT ${limit})`,
    );
}

/** Tasks of the Worker itself, and tasks that need a recogniser, which containers have only if an operator adds one. */
const LANES_WITHOUT_CONTAINERS = "'urgent finish', 'urgent-extra finish', 'extra transcribe'";

/** Whether a task of the Worker itself is waiting. Plan: at most one row of `lanes_next` for each of four lanes. */
export async function hasWorkersTask(db: Catalog): Promise<boolean> {
  const own = lanesFor({ kinds: ["finish"], codecs: [] });
  const [found] = await db
    .select({ lane: lanes.lane })
    .from(lanes)
    .where(sql`held = 0 AND ${inArray(lanes.lane, own)}`)
    .limit(1);
  return found !== undefined;
}

interface Backlog {
  /** Tasks that run on runners. */
  running: number;
  /** Tasks that runners could start now, counted up to the number of free slots. */
  runnable: number;
  /** Containers that run. */
  awake: number;
}

/**
 * The tasks for a number of container slots, and the containers that run. Plan: one row, at most one of each of
 * `lanes_next` and `tasks_lane` per free slot, and one of `runners_awake` per container.
 */
export async function readBacklog(db: Catalog, slots: number, now: number): Promise<Backlog> {
  const free = sql`(SELECT max(0, ${slots} - running) FROM ${scheduler} WHERE id = 1)`;
  const runnable = sql<number>`(
    SELECT count(*) FROM (
      SELECT 1 FROM lanes CROSS JOIN tasks
        ON tasks.owner_id = lanes.owner_id AND tasks.lane = lanes.lane AND tasks.runnable = 1
      WHERE lanes.held = 0 AND lanes.lane NOT IN (${sql.raw(LANES_WITHOUT_CONTAINERS)})
      LIMIT ${free}))`;
  const [backlog] = await db
    .select({ running: scheduler.running, runnable, awake: countAwake(db, now) })
    .from(scheduler)
    .where(eq(scheduler.id, 1));
  return backlog ?? { running: 0, runnable: 0, awake: 0 };
}
