import { and, eq, sql } from "drizzle-orm";
import type { Failure } from "../../domain/tasks/task-state.ts";
import type { Catalog, Statement } from "../client.ts";
import { enqueueWake } from "../outbox.ts";
import { tasks } from "../transcoding-schema.ts";
import { commitAttempt, failTask, failVideo, runFenced } from "./outcomes.ts";
import type { Task } from "./tasks.ts";

/**
 * Ends a queued or running task, and fails its video if the video needs the task. It is one transaction, which does
 * nothing if the task has started or ended since it was read. Its runner notices at its next report. The caller relays
 * the outbox, so that the following tasks can start.
 * @param more statements for the same transaction
 * @returns whether it did
 */
export async function stopTask(
  db: Catalog,
  task: Task,
  failure: Failure,
  { isFatal, more }: { isFatal: boolean; more: readonly Statement[] },
  now: number,
): Promise<boolean> {
  const ofVideo = isFatal ? failVideo(db, task, failure, now) : [];
  const { failures, interruptions } = task;
  if (task.state === "running") {
    const dead = { state: "dead", failures, interruptions } as const;
    const ended = failTask(db, task, failure, dead, now);
    return commitAttempt(db, task, [...ofVideo, ...more, ...ended, enqueueWake(db, now)]);
  }
  const isSame = and(eq(tasks.id, task.id), eq(tasks.attempt, task.attempt));
  // Parsing text that is not JSON is an error, and an error undoes the batch.
  const fence = db
    .select({
      held: sql`CASE WHEN EXISTS (SELECT 1 FROM ${tasks} WHERE ${isSame} AND state = 'queued') THEN 1 ELSE json('it has begun or ended') END`,
    })
    .from(sql`(SELECT 1)`);
  const ended = db
    .update(tasks)
    .set({
      state: "dead",
      errorCode: failure.code,
      errorDetail: failure.detail,
      partial: null,
      finishedAt: now,
    })
    .where(isSame);
  // Last: a failing video ends its queued tasks too, and this one has its own error.
  return (await runFenced(db, [fence, ...ofVideo, ended, enqueueWake(db, now)])) !== null;
}
