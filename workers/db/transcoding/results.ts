import { and, eq, inArray, sql } from "drizzle-orm";
import type { TaskResult } from "../../contract/transcodes.ts";
import type { Catalog, Statement } from "../client.ts";
import { countEndedTime } from "../encode-usage.ts";
import { tasks } from "../transcoding-schema.ts";
import { runFenced } from "./outcomes.ts";
import { MAY_BE_PLAYABLE } from "./publications.ts";
import { type HeldTask, heldBy, type Task, type TaskAttempt, whileHeld } from "./tasks.ts";

/** The consequences of a result. */
export interface Progressed {
  /** The task was the last open one of its stage: others may start now, or the transcode is done. */
  isLastOfStage: boolean;
  /** It is worth checking whether the video can be watched now. */
  mayBePlayable: boolean;
}

/** Used when the first response of D1 was lost: the caller that follows up on the result reads the state itself. */
export const UNKNOWN_PROGRESS: Progressed = { isLastOfStage: true, mayBePlayable: true };

/** The columns that are needed of a finished media task. */
export type FinishedMedia = Pick<
  Task,
  "id" | "videoId" | "version" | "kind" | "name" | "spec" | "since" | "startedAt"
> &
  Progressed;

/** For RETURNING. It does not depend on the row itself, which is changing. Plan: index `tasks_next`. */
const IS_LAST_OF_STAGE = sql`NOT EXISTS (
  SELECT 1 FROM tasks AS other
  WHERE other.video_id = tasks.video_id AND other.version = tasks.version
    AND other.state IN ('queued', 'running') AND other.stage = tasks.stage AND other.id <> tasks.id)`;

const PROGRESSED = {
  isLastOfStage: IS_LAST_OF_STAGE.mapWith(Boolean),
  mayBePlayable: MAY_BE_PLAYABLE.mapWith(Boolean),
};

/** Query for a task that is done. Triggers free its slot, count it for its runner, and move its transcode on. */
function finish(db: Catalog, result: TaskResult | null, now: number) {
  return db.update(tasks).set({
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
  });
}

/**
 * Records the result of a video or audio task, which has no other consequences, in two statements, without reading the
 * task before.
 * @param budgetMs as of `countEncodeTime`
 * @returns null when this runner has no such task, or not any more: nothing is recorded then
 */
export async function commitMedia(
  db: Catalog,
  task: HeldTask,
  result: TaskResult,
  budgetMs: number | null,
  now: number,
): Promise<FinishedMedia | null> {
  const { id, videoId, version, kind, name, spec, since, startedAt } = tasks;
  const finished = finish(db, result, now)
    .where(
      and(heldBy(task), sql`${tasks.runner} IS ${task.runner}`, inArray(kind, ["video", "audio"])),
    )
    .returning({ id, videoId, version, kind, name, spec, since, startedAt, ...PROGRESSED });
  const [counted] = countEndedTime(db, { task }, budgetMs, now);
  const rows = counted ? (await db.batch([counted, finished]))[1] : await finished;
  return (rows as FinishedMedia[])[0] ?? null;
}

/**
 * `commitAttempt` for the result of a task, which is kept. It also succeeds if D1 has recorded it before and the
 * response was lost: only this attempt can set the task to `done` with its number.
 * @param consequences statements for what follows from the result
 * @param fenced a statement of the same batch with `whileHeld` in it, so that it needs no statement of its own
 * @returns null when the attempt had lost the task, and nothing is recorded
 */
export async function commitResult(
  db: Catalog,
  task: Task,
  consequences: Statement[],
  result: TaskResult | null,
  now: number,
  fenced: Statement = db.select({ held: whileHeld(task, 1) }).from(sql`(SELECT 1)`),
): Promise<Progressed | null> {
  const finished = finish(db, result, now).where(heldBy(task)).returning(PROGRESSED);
  const returned = await runFenced(db, [fenced, ...consequences, finished]);
  const [progressed] = (returned?.at(-1) ?? []) as Progressed[];
  if (progressed) return progressed;
  return returned !== null || (await isRecorded(db, task)) ? UNKNOWN_PROGRESS : null;
}

async function isRecorded(db: Catalog, task: TaskAttempt): Promise<boolean> {
  const isOwn = and(eq(tasks.id, task.id), eq(tasks.attempt, task.attempt));
  const row = await db.select({ state: tasks.state }).from(tasks).where(isOwn).get();
  return row?.state === "done";
}
