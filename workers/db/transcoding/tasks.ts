import { and, asc, eq, isNotNull, lt, ne, sql } from "drizzle-orm";
import { z } from "zod";
import { Notice, type RenditionOutput } from "../../contract/transcodes.ts";
import type { Assignment, RunnerSlot, SchedulerState } from "../../domain/next-task.ts";
import { isExtraStage } from "../../domain/task-order.ts";
import { LEASE_MS, needsSlot } from "../../domain/task-state.ts";
import type { Catalog, Statement } from "../client.ts";
import { tasks, transcodes } from "../schema.ts";

export type Task = typeof tasks.$inferSelect;
export type TaskAttempt = Pick<Task, "id" | "attempt">;
export type VideoVersion = Pick<Task, "videoId" | "version">;
/** What a task has stored so far, by rendition. */
export type StoredOutputs = Record<string, RenditionOutput>;

/** The columns that the timeline shows. */
const TIMELINE = {
  id: tasks.id,
  kind: tasks.kind,
  name: tasks.name,
  stage: tasks.stage,
  state: tasks.state,
  progress: tasks.progress,
  attempt: tasks.attempt,
  errorCode: tasks.errorCode,
  errorDetail: tasks.errorDetail,
  startedAt: tasks.startedAt,
  finishedAt: tasks.finishedAt,
  /** JSON. The results of other kinds are large, and have none. */
  notices: sql<string | null>`
    CASE WHEN ${tasks.kind} IN ('remux', 'captions') THEN json_extract(${tasks.result}, '$.notices') END`,
};
type TimelineColumns = Pick<Task, Exclude<keyof typeof TIMELINE, "notices">>;
export type TimelineRow = TimelineColumns & { notices: Notice[] };

export function tasksOfVersion({ videoId, version }: VideoVersion) {
  return and(eq(tasks.videoId, videoId), eq(tasks.version, version));
}

/** Matches the row of a task while this attempt still holds it. */
export function heldBy(task: TaskAttempt) {
  return and(eq(tasks.id, task.id), eq(tasks.attempt, task.attempt), eq(tasks.state, "running"));
}

/**
 * What `nextTask` decides on: the running tasks and, for every active transcode, its best runnable task. Reads one row
 * per running task and about two per active transcode (index `tasks_next`), however many tasks are queued.
 */
export async function schedulerState(
  db: Catalog,
  slots: readonly RunnerSlot[],
  now: number,
): Promise<SchedulerState> {
  const best = sql`(
    SELECT id FROM tasks
    WHERE video_id = ${transcodes.videoId} AND version = ${transcodes.version}
      AND state = 'queued' AND stage = ${transcodes.stage} AND not_before <= ${now}
    ORDER BY priority, rowid LIMIT 1)`;
  const [running, runnable] = await db.batch([
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
      slot: runner === null || slot === null ? null : { runner, slot },
    })),
    runnable: runnable.map(({ kind, stage, ...task }) => ({
      ...task,
      isExtra: isExtraStage(stage),
      needsSlot: needsSlot(kind),
    })),
  };
}

/**
 * Claims a task and its slot in one conditional UPDATE. The unique index on running (runner, slot) stands behind the
 * condition. Every claim counts `attempt` up: only its holder may report from then on.
 * @returns null when another consumer was faster, with the task or with the slot
 */
export async function claimTask(
  db: Catalog,
  { taskId, slot }: Assignment,
  now: number,
): Promise<Task | null> {
  const [runner, number] = [slot?.runner ?? null, slot?.slot ?? null];
  const taken = sql`EXISTS (
    SELECT 1 FROM tasks AS other
    WHERE other.state = 'running' AND other.runner = ${runner} AND other.slot = ${number})`;
  const startable = sql`EXISTS (
    SELECT 1 FROM transcodes
    WHERE video_id = ${tasks.videoId} AND version = ${tasks.version}
      AND state = 'active' AND stage >= ${tasks.stage})`;
  const [task] = await db
    .update(tasks)
    .set({
      state: "running",
      attempt: sql`attempt + 1`,
      runner,
      slot: number,
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

/**
 * Records progress and renews the lease.
 * @param partial what is stored so far, or null to leave it as it was
 * @returns false when this attempt no longer counts: its lease ran out and another took over, or the transcode was stopped
 */
export async function reportProgress(
  db: Catalog,
  task: TaskAttempt,
  progress: number,
  partial: StoredOutputs | null,
  now: number,
): Promise<boolean> {
  const active = sql`EXISTS (
    SELECT 1 FROM transcodes
    WHERE video_id = ${tasks.videoId} AND version = ${tasks.version} AND state = 'active')`;
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

/** Statement that puts a task back without counting a failure: its runner could not take it now. */
export function releaseTask(db: Catalog, task: TaskAttempt): Statement {
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
    .orderBy(asc(tasks.leaseUntil))
    .limit(limit);
}

/** The tasks of a version as the timeline shows them, in the order in which they run. */
export async function listTasks(db: Catalog, version: VideoVersion): Promise<TimelineRow[]> {
  const rows = await db
    .select(TIMELINE)
    .from(tasks)
    .where(tasksOfVersion(version))
    .orderBy(asc(tasks.stage), asc(tasks.priority), asc(sql`rowid`));
  return rows.map((row) => ({
    ...row,
    notices: z.array(Notice).parse(JSON.parse(row.notices ?? "[]")),
  }));
}

/** All tasks of a version, with their results. */
export function tasksOf(db: Catalog, version: VideoVersion): Promise<Task[]> {
  return db.select().from(tasks).where(tasksOfVersion(version));
}

/** Has the creator picked another poster since the one that this task makes? */
export async function isPosterOutdated(
  db: Catalog,
  task: VideoVersion & Pick<Task, "id">,
): Promise<boolean> {
  const later = sql`rowid > (SELECT rowid FROM tasks AS this WHERE this.id = ${task.id})`;
  const isImages = and(tasksOfVersion(task), eq(tasks.kind, "images"), ne(tasks.state, "dead"));
  const rows = await db.select({ id: tasks.id }).from(tasks).where(and(isImages, later)).limit(1);
  return rows.length > 0;
}

/** The tasks of a version that make files to download. */
export function downloadTaskIds(db: Catalog, version: VideoVersion): Promise<{ id: string }[]> {
  return db
    .select({ id: tasks.id })
    .from(tasks)
    .where(and(tasksOfVersion(version), eq(tasks.kind, "download")));
}
