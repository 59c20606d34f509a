import { and, eq, inArray, lt, type SQL, sql } from "drizzle-orm";
import type { SQLiteUpdateSetSource } from "drizzle-orm/sqlite-core";
import type { Plan, PlannedTask, TaskResult } from "../contract/transcode.ts";
import type { VideoState } from "../contract/video.ts";
import { newId } from "../domain/id.ts";
import { type AfterFailure, type Failure, videoFailure } from "../domain/task-state.ts";
import type { Catalog, Statement } from "./client.ts";
import { enqueueEvent } from "./outbox.ts";
import { videoRevocation } from "./revocations.ts";
import { tasks, transcodes, videos } from "./schema.ts";
import { heldBy, type Task, type Transcode } from "./tasks.ts";

type Key = Pick<Task, "videoId" | "version">;

const ofTranscode = ({ videoId, version }: Key) =>
  and(eq(transcodes.videoId, videoId), eq(transcodes.version, version));

export async function getTranscode(db: Catalog, key: Key): Promise<Transcode | null> {
  const [row] = await db.select().from(transcodes).where(ofTranscode(key));
  return row ?? null;
}

/** The task is done: its result is kept, its place is free, and the transcode moves on when the stage is complete. */
export function finishTask(
  db: Catalog,
  task: Task,
  result: TaskResult | null,
  now: number,
): Statement[] {
  return [
    db
      .update(tasks)
      .set({
        state: "done",
        result,
        partial: null,
        progress: 1,
        runner: null,
        slot: null,
        leaseUntil: null,
        errorCode: null,
        errorDetail: null,
        finishedAt: now,
      })
      .where(heldBy(task)),
    advance(db, task, now),
  ];
}

/** The attempt failed; `after` says whether the task is tried again. Call `failVideo` too when a required task is dead. */
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
        runner: null,
        slot: null,
        leaseUntil: null,
        errorCode: failure.code,
        errorDetail: failure.detail,
        ...(after.state === "dead" && { partial: null, finishedAt: now }),
      })
      .where(heldBy(task)),
    advance(db, task, now),
  ];
}

/**
 * The earliest stage of a transcode that has a task to do; NULL when all are done. Two look-ups in `tasks_next`, since
 * SQLite finds a minimum by index only for one state at a time.
 */
export function earliestOpenStage({ videoId, version }: Key): SQL<number> {
  const earliest = (state: "queued" | "running") => sql`
    SELECT min(stage) AS stage FROM tasks
    WHERE video_id = ${videoId} AND version = ${version} AND state = ${state}`;
  return sql`(SELECT min(stage) FROM (${earliest("queued")} UNION ALL ${earliest("running")}))`;
}

/** Moves the transcode on to the earliest stage that still has open tasks; without any it is done. */
export function advance(db: Catalog, { videoId, version }: Key, now: number): Statement {
  const open = earliestOpenStage({ videoId, version });
  return db
    .update(transcodes)
    .set({
      stage: sql`coalesce(${open}, stage)`,
      state: sql`CASE WHEN ${open} IS NULL THEN 'done' ELSE state END`,
      updatedAt: now,
    })
    .where(and(ofTranscode({ videoId, version }), eq(transcodes.state, "active")));
}

/** A row binds 15 of the 100 parameters that a D1 statement may have. */
const ROWS_PER_STATEMENT = 6;

/** Adds tasks to a transcode; those it has already, by name, stay as they are. */
export function addTasks(
  db: Catalog,
  { videoId, version, ownerId }: Key & { ownerId: string },
  planned: readonly PlannedTask[],
  now: number,
): Statement[] {
  const rows = planned.map((task) => ({
    ...{ ...task, id: newId(), kind: task.spec.kind, createdAt: now },
    ...{ videoId, version, ownerId },
  }));
  const groups = Math.ceil(rows.length / ROWS_PER_STATEMENT);
  return Array.from({ length: groups }, (_, index) =>
    db
      .insert(tasks)
      .values(rows.slice(index * ROWS_PER_STATEMENT, (index + 1) * ROWS_PER_STATEMENT))
      .onConflictDoNothing(),
  );
}

/**
 * What the media tasks before a `finish` have stored is published: D1 need not carry it any longer. Of those of its own
 * stage others may still be at work on the same rendition, which is then published later.
 */
export function clearMedia(
  db: Catalog,
  { videoId, version, stage }: Key & Pick<Task, "stage">,
): Statement {
  return db
    .update(tasks)
    .set({ result: null })
    .where(
      and(
        eq(tasks.videoId, videoId),
        eq(tasks.version, version),
        inArray(tasks.kind, ["video", "audio"]),
        eq(tasks.state, "done"),
        lt(tasks.stage, stage),
      ),
    );
}

/** The plan is made: keep it, list its tasks, and tell what is now known of the video. */
export function applyPlan(db: Catalog, task: Task, plan: Plan, now: number): Statement[] {
  const { video } = plan.source;
  return [
    // The tasks have their own rows; the plan is read with every live playlist and stays small.
    db
      .update(transcodes)
      .set({ plan: { ...plan, tasks: [] }, updatedAt: now })
      .where(ofTranscode(task)),
    ...addTasks(db, task, plan.tasks, now),
    enqueueEvent(db, { kind: "sync-downloads", videoId: task.videoId }, now),
    ...changeVideo(
      db,
      task,
      ["queued", "processing"],
      {
        state: "processing",
        duration: plan.source.duration,
        width: video.width,
        height: video.height,
        hdr: video.range !== "sdr",
      },
      now,
    ),
  ];
}

/** Later tasks of this version read another file: the copy that has an index. */
export function changeSource(db: Catalog, task: Key, sourceKey: string, now: number): Statement {
  return db.update(transcodes).set({ sourceKey, updatedAt: now }).where(ofTranscode(task));
}

/** The video fails for good at this version: nothing more of it is started. */
export function failVideo(db: Catalog, task: Key, failure: Failure, now: number): Statement[] {
  const { code, detail } = videoFailure(failure);
  return [
    db
      .update(transcodes)
      .set({ state: "failed", updatedAt: now })
      .where(and(ofTranscode(task), eq(transcodes.state, "active"))),
    db
      .update(tasks)
      .set({
        state: "dead",
        errorCode: "cancelled",
        errorDetail: "Another task of this video failed.",
        finishedAt: now,
      })
      .where(
        and(
          eq(tasks.videoId, task.videoId),
          eq(tasks.version, task.version),
          eq(tasks.state, "queued"),
        ),
      ),
    // Whoever watches what there was of it holds a grant, and what was stored is about to be collected.
    ...videoRevocation(db, task.videoId, now),
    ...changeVideo(
      db,
      task,
      ["queued", "processing", "playable"],
      { state: "failed", errorCode: code, errorDetail: detail },
      now,
    ),
  ];
}

type VideoChange = SQLiteUpdateSetSource<typeof videos>;

/** Changes a video that is in one of `states` at this version, and has the search index follow. */
export function changeVideo(
  db: Catalog,
  { videoId, version }: Key,
  states: VideoState[],
  change: VideoChange,
  now: number,
): Statement[] {
  return [
    db
      .update(videos)
      .set({ ...change, revision: sql`revision + 1`, updatedAt: now })
      .where(
        and(eq(videos.id, videoId), eq(videos.version, version), inArray(videos.state, states)),
      ),
    enqueueEvent(db, { kind: "index-video", videoId }, now),
  ];
}

/** When a public video first becomes watchable, it is published. */
export const publishedNow = (now: number) =>
  sql<
    number | null
  >`CASE WHEN published_at IS NULL AND visibility = 'public' THEN ${now} ELSE published_at END`;

/** A set of playlists is the newest, unless one with a higher number is. */
export const publicationNow = (number: number) => sql<number>`max(publication, ${number})`;
