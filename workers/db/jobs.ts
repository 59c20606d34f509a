import { and, asc, eq, sql } from "drizzle-orm";
import type { PlannedTask } from "../contract/transcode.ts";
import type { Catalog, Statement } from "./client.ts";
import { addTasks } from "./outcomes.ts";
import { enqueueTicket } from "./outbox.ts";
import { tasks, transcodes } from "./schema.ts";
import type { Task, Transcode } from "./tasks.ts";

/** A task as the timeline shows it; what it is made of stays inside. */
export type JobRow = Pick<
  Task,
  | "id"
  | "kind"
  | "name"
  | "stage"
  | "state"
  | "progress"
  | "attempt"
  | "errorCode"
  | "errorDetail"
  | "startedAt"
  | "finishedAt"
>;

/** The tasks of a video's version in the order in which they may run. */
export function listJobs(db: Catalog, videoId: string, version: number): Promise<JobRow[]> {
  const {
    id,
    kind,
    name,
    stage,
    state,
    progress,
    attempt,
    errorCode,
    errorDetail,
    startedAt,
    finishedAt,
  } = tasks;
  return db
    .select({
      id,
      kind,
      name,
      stage,
      state,
      progress,
      attempt,
      errorCode,
      errorDetail,
      startedAt,
      finishedAt,
    })
    .from(tasks)
    .where(and(eq(tasks.videoId, videoId), eq(tasks.version, version)))
    .orderBy(asc(tasks.stage), asc(tasks.priority), asc(sql`rowid`));
}

/** Statements that add a task to a version whose transcode may be done already, which then goes on. */
export function addLateTask(
  db: Catalog,
  transcode: Transcode,
  task: PlannedTask,
  now: number,
): Statement[] {
  return [
    ...addTasks(db, transcode, [task], now),
    db
      .update(transcodes)
      .set({
        state: "active",
        stage: sql`case when state = 'done' then ${task.stage} else stage end`,
        updatedAt: now,
      })
      .where(
        and(
          eq(transcodes.videoId, transcode.videoId),
          eq(transcodes.version, transcode.version),
          sql`state <> 'failed'`,
        ),
      ),
    enqueueTicket(db, "transcode-bulk", now),
  ];
}
