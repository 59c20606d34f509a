import { and, eq, sql } from "drizzle-orm";
import type { Plan } from "../../contract/transcodes.ts";
import { type AfterFailure, type Failure, videoFailure } from "../../domain/tasks/task-state.ts";
import type { Catalog, Statement } from "../client.ts";
import { enqueueEvent } from "../outbox.ts";
import { videoRevocations } from "../revocations.ts";
import { tasks, transcodes } from "../transcoding-schema.ts";
import { changeVideo } from "../videos.ts";
import {
  heldBy,
  type Task,
  type TaskAttempt,
  tasksOfVersion,
  type VideoVersion,
  whileHeld,
} from "./tasks.ts";
import { addTasks } from "./add-tasks.ts";
import { transcodeOfVersion } from "./transcodes.ts";

/** A task that failed on more is at fault itself. */
const MAX_AVOIDED_RUNNERS = 8;

/**
 * Runs the statements as one transaction, and none of them when the attempt no longer holds the task.
 * @returns false when it does not
 */
export async function commitAttempt(
  db: Catalog,
  task: TaskAttempt,
  statements: Statement[],
): Promise<boolean> {
  const fence = db.select({ held: whileHeld(task, 1) }).from(sql`(SELECT 1)`);
  return (await runFenced(db, [fence, ...statements])) !== null;
}

/** Runs a batch in which one statement is fenced. @returns what each of them returned; null when the attempt is lost */
export async function runFenced(
  db: Catalog,
  statements: [Statement, ...Statement[]],
): Promise<unknown[] | null> {
  try {
    return await db.batch(statements);
  } catch (error) {
    // drizzle wraps the error of D1.
    const cause = error instanceof Error ? error.cause : undefined;
    if ([error, cause].some((one) => String(one).includes("malformed JSON"))) return null;
    throw error;
  }
}

/**
 * Statements for a failed attempt. Use `failVideo` too when a required task is dead.
 * @param after whether the task is tried again
 */
export function failTask(
  db: Catalog,
  task: Task,
  failure: Failure,
  after: AfterFailure,
  now: number,
): Statement[] {
  return [
    db
      .update(tasks)
      .set({
        ...after,
        ...(after.state === "queued" && task.runner !== null && { avoid: addedTo(task) }),
        runner: null,
        leaseUntil: null,
        errorCode: failure.code,
        errorDetail: failure.detail,
        ...(after.state === "dead" && { partial: null, finishedAt: now }),
      })
      .where(heldBy(task)),
  ];
}

/** The runners on which a task should not run again, including the one that has it now. */
function addedTo({ avoid, runner }: Task): string[] {
  const others = (avoid ?? []).filter((id) => id !== runner);
  return [...others, ...(runner === null ? [] : [runner])].slice(-MAX_AVOIDED_RUNNERS);
}

/** Statements that store a finished plan, add its tasks, and record what is now known about the video. */
export function applyPlan(db: Catalog, task: Task, plan: Plan, now: number): Statement[] {
  const { video } = plan.source;
  return [
    // Tasks and chapters have a place of their own; the plan is read with every live playlist and stays small.
    db
      .update(transcodes)
      .set({ plan: { ...plan, tasks: [], chapters: undefined }, updatedAt: now })
      .where(transcodeOfVersion(task)),
    ...addTasks(db, task, plan.tasks, now),
    enqueueEvent(db, { kind: "sync-downloads", videoId: task.videoId }, now),
    ...changeVideo(
      db,
      task,
      ["queued", "processing"],
      {
        state: "processing",
        duration: plan.source.duration,
        chapters: plan.chapters ?? [],
        width: video.width,
        height: video.height,
        hdr: video.range !== "sdr",
      },
      now,
    ),
  ];
}

/** Statements that fail a video at this version permanently: none of its tasks is started any more. */
export function failVideo(
  db: Catalog,
  version: VideoVersion,
  failure: Failure,
  now: number,
): Statement[] {
  const { code, detail } = videoFailure(failure);
  return [
    db
      .update(transcodes)
      .set({ state: "failed", updatedAt: now })
      .where(and(transcodeOfVersion(version), eq(transcodes.state, "active"))),
    db
      .update(tasks)
      .set({
        state: "dead",
        errorCode: "cancelled",
        errorDetail: "Another task of this video failed.",
        finishedAt: now,
      })
      .where(and(tasksOfVersion(version), eq(tasks.state, "queued"))),
    // Viewers of a playable video hold playback tokens, and its segments are about to be deleted.
    ...videoRevocations(db, [version.videoId], now),
    ...changeVideo(
      db,
      version,
      ["queued", "processing", "playable"],
      { state: "failed", errorCode: code, errorDetail: detail },
      now,
    ),
  ];
}
