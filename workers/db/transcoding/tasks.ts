import { and, asc, eq, lt, ne, sql } from "drizzle-orm";
import { z } from "zod";
import { Notice } from "../../contract/notices.ts";
import type { RenditionOutput } from "../../contract/transcodes.ts";
import type { Catalog, Statement } from "../client.ts";
import { tasks } from "../transcoding-schema.ts";

export type Task = typeof tasks.$inferSelect;
export type TaskAttempt = Pick<Task, "id" | "attempt">;
/** An attempt and its runner. */
export type HeldTask = Pick<Task, "id" | "attempt" | "runner">;
export type VideoVersion = Pick<Task, "videoId" | "version">;
/** The output that a task has stored so far, by rendition. */
export type StoredOutputs = Record<string, RenditionOutput>;

/** The columns that the timeline shows. */
const TIMELINE = {
  id: tasks.id,
  kind: tasks.kind,
  name: tasks.name,
  stage: tasks.stage,
  priority: tasks.priority,
  state: tasks.state,
  progress: tasks.progress,
  attempt: tasks.attempt,
  errorCode: tasks.errorCode,
  errorDetail: tasks.errorDetail,
  startedAt: tasks.startedAt,
  finishedAt: tasks.finishedAt,
  /** JSON. The results of other kinds are large, and have none. */
  notices: sql<string | null>`
    CASE WHEN ${tasks.kind} IN ('remux', 'captions', 'audio') THEN json_extract(${tasks.result}, '$.notices') END`,
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

/** Thrown by D1 for `whileHeld`: parsing text that is not JSON is an error, and an error undoes the batch. */
const FENCE_LOST = "this attempt no longer holds its task";

/** An expression that undoes the batch of its statement unless the attempt holds the task. SQLite has no "roll back if". */
export function whileHeld<T>(task: TaskAttempt, value: T) {
  return sql<T>`
    CASE WHEN EXISTS (SELECT 1 FROM ${tasks} WHERE ${heldBy(task)})
      THEN ${value} ELSE json(${FENCE_LOST}) END`;
}

/** A task by its id; null if there is none. */
export async function findTask(db: Catalog, id: string): Promise<Task | null> {
  return (await db.select().from(tasks).where(eq(tasks.id, id)).get()) ?? null;
}

/** The state of a returned task: it can be claimed again at once, and no failure is counted. */
const PUT_BACK = { state: "queued", runner: null, leaseUntil: null } as const;

/** Statement that returns a task to the queue: its runner stops, was redeployed, or could not take it. */
export function handBack(db: Catalog, task: TaskAttempt): Statement {
  return db.update(tasks).set(PUT_BACK).where(heldBy(task));
}

/** Statement that puts back everything that a runner holds. Plan: index `tasks_runner`. */
export function handBackAll(db: Catalog, runner: string): Statement {
  return handBackLost(db, runner, []);
}

/**
 * Statement that returns tasks to the queue that our records assign to a runner, but that it does not list: its process
 * has restarted, or the response to its claim was lost. Plan: index `tasks_runner`.
 * @param held the tasks that it works on
 */
export function handBackLost(db: Catalog, runner: string, held: readonly TaskAttempt[]): Statement {
  return db.update(tasks).set(PUT_BACK).where(lostBy(runner, held));
}

/** Whether `handBackLost` would put anything back: it seldom does, and a read waits for no write. Plan: the same. */
export async function hasLost(
  db: Catalog,
  runner: string,
  held: readonly TaskAttempt[],
): Promise<boolean> {
  const lost = await db.select({ id: tasks.id }).from(tasks).where(lostBy(runner, held)).limit(1);
  return lost.length > 0;
}

/** Matches what a runner holds in our records, apart from `held`. */
export function lostBy(runner: string, held: readonly TaskAttempt[]) {
  const attempts = JSON.stringify(held.map(({ id, attempt }) => `${id}.${attempt}`));
  return and(
    eq(tasks.runner, runner),
    eq(tasks.state, "running"),
    sql`${tasks.id} || '.' || ${tasks.attempt} NOT IN (SELECT value FROM json_each(${attempts}))`,
  );
}

/** Running tasks whose lease has run out, the longest first: their runner is gone. Plan: index `tasks_lease`. */
export function expiredTasks(db: Catalog, now: number, limit: number): Promise<Task[]> {
  return db
    .select()
    .from(tasks)
    .where(and(sql`state = 'running'`, lt(tasks.leaseUntil, now)))
    .orderBy(tasks.leaseUntil)
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
