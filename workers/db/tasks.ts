import { and, asc, eq, isNotNull, lt, sql } from "drizzle-orm";
import type { RenditionOutput } from "../contract/transcode.ts";
import type { Assignment, SchedulerState, Slot } from "../domain/next-task.ts";
import { isExtraStage } from "../domain/task-order.ts";
import { LEASE_MS, needsSlot } from "../domain/task-state.ts";
import type { Catalog, Statement } from "./client.ts";
import { tasks, transcodes } from "./schema.ts";

export type Task = typeof tasks.$inferSelect;
export type Transcode = typeof transcodes.$inferSelect;
/** What a task has stored so far, by rendition. */
export type StoredOutputs = Record<string, RenditionOutput>;

/**
 * What `nextTask` decides on: the running tasks and, for every active transcode, its best runnable task.
 * Reads one row a running task and about two an active transcode, however many tasks are queued.
 */
export async function schedulerState(
  db: Catalog,
  slots: readonly Slot[],
  now: number,
): Promise<SchedulerState> {
  const best = sql`(
    SELECT id FROM tasks
    WHERE video_id = ${transcodes.videoId} AND version = ${transcodes.version}
      AND state = 'queued' AND stage = ${transcodes.stage} AND not_before <= ${now}
    ORDER BY priority, rowid LIMIT 1)`;
  const [running, candidates] = await db.batch([
    db
      .select({ ownerId: tasks.ownerId, runner: tasks.runner, slot: tasks.slot })
      .from(tasks)
      .where(eq(tasks.state, "running")),
    db
      .select({
        taskId: tasks.id,
        ownerId: transcodes.ownerId,
        priority: tasks.priority,
        since: transcodes.createdAt,
        kind: tasks.kind,
        stage: tasks.stage,
      })
      .from(transcodes)
      .innerJoin(tasks, eq(tasks.id, best))
      .where(eq(transcodes.state, "active"))
      .orderBy(asc(transcodes.createdAt)),
  ]);
  return {
    slots,
    running: running.map(({ ownerId, runner, slot }) => ({
      ownerId,
      place: runner === null || slot === null ? null : { runner, slot },
    })),
    candidates: candidates.map(({ kind, stage, ...candidate }) => ({
      ...candidate,
      isExtra: isExtraStage(stage),
      needsSlot: needsSlot(kind),
    })),
  };
}

/**
 * Takes a task and its place in one conditional UPDATE. Null when another consumer was faster, with the
 * task or with the place; the unique index on running (runner, slot) stands behind the condition.
 * Every claim counts `attempt` up: only its holder may report from then on.
 */
export async function claimTask(
  db: Catalog,
  { taskId, place }: Assignment,
  now: number,
): Promise<Task | null> {
  const taken = sql`EXISTS (
    SELECT 1 FROM tasks AS other
    WHERE other.state = 'running' AND other.runner = ${place?.runner ?? null} AND other.slot = ${place?.slot ?? null})`;
  const startable = sql`EXISTS (
    SELECT 1 FROM transcodes
    WHERE video_id = ${tasks.videoId} AND version = ${tasks.version} AND state = 'active' AND stage >= ${tasks.stage})`;
  const [task] = await db
    .update(tasks)
    .set({
      state: "running",
      attempt: sql`attempt + 1`,
      runner: place?.runner ?? null,
      slot: place?.slot ?? null,
      leaseUntil: now + LEASE_MS,
      startedAt: now,
      finishedAt: null,
      progress: 0,
    })
    .where(
      and(
        eq(tasks.id, taskId),
        eq(tasks.state, "queued"),
        sql`${tasks.notBefore} <= ${now}`,
        startable,
        sql`NOT ${taken}`,
      ),
    )
    .returning();
  return task ?? null;
}

/** True for the row of a task while this attempt still holds it. */
export const heldBy = (task: Pick<Task, "id" | "attempt">) =>
  and(eq(tasks.id, task.id), eq(tasks.attempt, task.attempt), eq(tasks.state, "running"));

/**
 * Records progress and renews the lease. False when this attempt no longer counts: its lease ran out and
 * another took over, or the transcode was stopped.
 * @param partial what is stored so far, or null to leave it as it was
 */
export async function reportProgress(
  db: Catalog,
  task: Pick<Task, "id" | "attempt">,
  progress: number,
  partial: StoredOutputs | null,
  now: number,
): Promise<boolean> {
  const active = sql`EXISTS (
    SELECT 1 FROM transcodes WHERE video_id = ${tasks.videoId} AND version = ${tasks.version} AND state = 'active')`;
  const updated = await db
    .update(tasks)
    .set({
      progress,
      leaseUntil: now + LEASE_MS,
      ...(partial && { partial: { attempt: task.attempt, outputs: partial } }),
    })
    .where(and(heldBy(task), active))
    .returning({ id: tasks.id });
  return updated.length > 0;
}

/** Puts a task back without counting a failure: its runner could not take it just now. */
export function releaseTask(db: Catalog, task: Pick<Task, "id" | "attempt">): Statement {
  return db
    .update(tasks)
    .set({ state: "queued", runner: null, slot: null, leaseUntil: null })
    .where(heldBy(task));
}

/** Running tasks whose lease has run out: their consumer or runner is gone. */
export function expiredTasks(db: Catalog, now: number, limit: number): Promise<Task[]> {
  return db
    .select()
    .from(tasks)
    .where(and(eq(tasks.state, "running"), isNotNull(tasks.leaseUntil), lt(tasks.leaseUntil, now)))
    .limit(limit);
}
