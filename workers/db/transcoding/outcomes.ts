import { and, eq, sql } from "drizzle-orm";
import type { Plan, TaskResult } from "../../contract/transcodes.ts";
import { type AfterFailure, type Failure, videoFailure } from "../../domain/task-state.ts";
import type { Catalog, Statement } from "../client.ts";
import { enqueueEvent } from "../outbox.ts";
import { videoRevocation } from "../revocations.ts";
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
import { advance, getTranscode, type Transcode, transcodeOfVersion } from "./transcodes.ts";

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
async function runFenced(
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

/** Where a transcode is. */
export type TranscodeStage = Pick<Transcode, "state" | "stage">;

/**
 * `commitAttempt` for the result of a task, which is kept; its slot is free then, and the transcode may move on. It also
 * succeeds where D1 has recorded it before and the answer got lost: nobody else makes a task `done` at this attempt.
 * @param consequences statements for what follows from the result
 * @param fenced a statement of the same batch with `whileHeld` in it, so that it needs no statement of its own
 * @returns where the transcode is now; null when the attempt had lost the task, and nothing is recorded
 */
export async function commitResult(
  db: Catalog,
  task: Task,
  consequences: Statement[],
  result: TaskResult | null,
  now: number,
  fenced: Statement = db.select({ held: whileHeld(task, 1) }).from(sql`(SELECT 1)`),
): Promise<TranscodeStage | null> {
  const returned = await runFenced(db, [
    fenced,
    ...consequences,
    finishTask(db, task, result, now),
    advance(db, task, now),
  ]);
  const [advanced] = (returned?.at(-1) ?? []) as TranscodeStage[];
  if (advanced) return advanced;
  if (returned === null && !(await isRecorded(db, task))) return null;
  return (await getTranscode(db, task)) ?? { state: "failed", stage: task.stage };
}

async function isRecorded(db: Catalog, task: TaskAttempt): Promise<boolean> {
  const isOwn = and(eq(tasks.id, task.id), eq(tasks.attempt, task.attempt));
  const row = await db.select({ state: tasks.state }).from(tasks).where(isOwn).get();
  return row?.state === "done";
}

/** Statement for a task that is done. */
function finishTask(db: Catalog, task: Task, result: TaskResult | null, now: number): Statement {
  return db
    .update(tasks)
    .set({
      state: "done",
      result,
      partial: null,
      progress: 1,
      runner: null,
      leaseUntil: null,
      errorCode: null,
      errorDetail: null,
      avoid: null,
      finishedAt: now,
    })
    .where(heldBy(task));
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
    advance(db, task, now),
  ];
}

/** The runners on which a task should not run again, with the one that has it now. */
function addedTo({ avoid, runner }: Task): string[] {
  const others = (avoid ?? []).filter((id) => id !== runner);
  return [...others, ...(runner === null ? [] : [runner])].slice(-MAX_AVOIDED_RUNNERS);
}

/** Statements that keep a finished plan, add its tasks, and record what is now known of the video. */
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

/** Statements that fail a video at this version for good: no task of it is started any more. */
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
    ...videoRevocation(db, version.videoId, now),
    ...changeVideo(
      db,
      version,
      ["queued", "processing", "playable"],
      { state: "failed", errorCode: code, errorDetail: detail },
      now,
    ),
  ];
}
