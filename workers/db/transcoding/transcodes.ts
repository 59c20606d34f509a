import { and, eq, isNull, lt, ne, type SQL, sql } from "drizzle-orm";
import type { PlannedTask } from "../../contract/transcodes.ts";
import { currentTrace } from "../../trace.ts";
import { type Catalog, idsIn, insertWhen, type Statement } from "../client.ts";
import { enqueueEvent, enqueueWake } from "../outbox.ts";
import { captions, videos } from "../schema.ts";
import { tasks, transcodes, whereUnswept } from "../transcoding-schema.ts";
import { addTasks, newTask } from "./add-tasks.ts";
import { tasksOfVersion, type VideoVersion } from "./tasks.ts";

export type Transcode = typeof transcodes.$inferSelect;

/** The data about its video that a transcode needs. */
export interface TranscodeVideo {
  id: string;
  ownerId: string;
  version: number;
  /** R2 key of the uploaded file. */
  sourceKey: string;
  /** A new wrapped key for the version's segments (media/content-key.ts): used if the video is to be encrypted. */
  contentKey: string;
}

export function transcodeOfVersion({ videoId, version }: VideoVersion) {
  return and(eq(transcodes.videoId, videoId), eq(transcodes.version, version));
}

export async function getTranscode(db: Catalog, version: VideoVersion): Promise<Transcode | null> {
  const [row] = await db.select().from(transcodes).where(transcodeOfVersion(version));
  return row ?? null;
}

/**
 * Statements that schedule the transcode of a video's version: its row, the `plan` task and a wake message. Put them
 * in the batch that turns the video from `uploading` to `queued`, after that change, then call `relayOutbox`. They do
 * nothing when the change did not happen (the video has been deleted, or has another version), and when repeated.
 * @param plan from `planTask` (domain/tasks/plan-settings.ts)
 */
export function startTranscode(
  db: Catalog,
  video: TranscodeVideo,
  plan: PlannedTask,
  now = Date.now(),
): Statement[] {
  const { id: videoId, version, ownerId, sourceKey } = video;
  const requestId = currentTrace()?.requestId ?? null;
  const transcode = { videoId, version, ownerId, sourceKey, requestId };
  // Read in the same transaction, so that the creator's last choice counts.
  const contentKey = sql`(
    SELECT CASE WHEN encrypted THEN ${video.contentKey} END FROM videos WHERE id = ${videoId})`;
  const alwaysEncode = sql`(
    SELECT CASE WHEN always_encode THEN 'true' ELSE 'false' END FROM videos WHERE id = ${videoId})`;
  const spec = sql`
    json_set(${JSON.stringify(plan.spec)}, '$.settings.alwaysEncode', json(${alwaysEncode}))`;
  const isCurrent = sql`EXISTS (
    SELECT 1 FROM videos WHERE id = ${videoId} AND version = ${version} AND deleted_at IS NULL)`;
  return [
    insertWhen(
      db,
      transcodes,
      { ...transcode, contentKey, createdAt: now, updatedAt: now },
      isCurrent,
    ),
    insertWhen(
      db,
      tasks,
      { ...newTask({ videoId, version, ownerId }, plan, now), spec },
      isCurrent,
    ),
    enqueueWake(db, now),
  ];
}

/**
 * Statements that transcode a video again as a new version, from the source that was kept. Of two retries at once the
 * second only sends a wake message.
 * @param video in the state `from`; its `version` is the one that failed or lost objects
 * @param version the new one: a number that the video has not had
 */
export function retryTranscode(
  db: Catalog,
  video: TranscodeVideo,
  plan: PlannedTask,
  now = Date.now(),
  from: "failed" | "ready" = "failed",
  version = video.version + 1,
): Statement[] {
  const next = { ...video, version };
  return [
    db
      .update(videos)
      .set({
        state: "queued",
        version: next.version,
        publication: 0,
        errorCode: null,
        errorDetail: null,
        posterPath: null,
        storyboardPath: null,
        previewPath: null,
        revision: sql`revision + 1`,
        updatedAt: now,
      })
      .where(
        and(
          eq(videos.id, video.id),
          eq(videos.version, video.version),
          eq(videos.state, from),
          isNull(videos.deletedAt),
        ),
      ),
    ...startTranscode(db, next, plan, now),
    db.delete(captions).where(and(eq(captions.videoId, video.id), eq(captions.origin, "embedded"))),
    enqueueEvent(db, { kind: "index-video", videoId: video.id }, now),
  ];
}

/**
 * Statements that stop the transcodes of videos that are being deleted: none of their tasks is claimed any more, and
 * running ones lose their attempt, which they notice at their next progress report.
 */
export function pauseTranscodes(
  db: Catalog,
  videoIds: readonly string[],
  now: number,
): Statement[] {
  const ids = idsIn(videoIds);
  return [
    db
      .update(transcodes)
      .set({ state: "paused", updatedAt: now })
      .where(and(sql`${transcodes.videoId} IN ${ids}`, eq(transcodes.state, "active"))),
    db
      .update(tasks)
      .set({ state: "queued", runner: null, leaseUntil: null })
      .where(and(sql`${tasks.videoId} IN ${ids}`, eq(tasks.state, "running"))),
  ];
}

/** Statements that continue the paused transcodes of those videos that the statements before them have restored. */
export function resumeTranscodes(
  db: Catalog,
  videoIds: readonly string[],
  now: number,
): Statement[] {
  const isCurrent = sql`
    ${transcodes.videoId} IN ${idsIn(videoIds)} AND EXISTS (
      SELECT 1 FROM videos
      WHERE videos.id = transcodes.video_id AND deleted_at IS NULL
        AND (
          videos.version = transcodes.version
          OR EXISTS (
            SELECT 1 FROM video_versions AS v
            WHERE v.video_id = transcodes.video_id AND v.version = transcodes.version
              AND v.state IN ('encoding', 'kept'))))`;
  return [
    db
      .update(transcodes)
      .set({ state: "active", updatedAt: now })
      .where(and(isCurrent, eq(transcodes.state, "paused"))),
    advance(db, isCurrent, now),
    enqueueWake(db, now),
  ];
}

/** Statements that delete the records of a deleted video's transcodes. */
export function forgetTranscodes(db: Catalog, videoId: string): Statement[] {
  return [
    db.delete(tasks).where(eq(tasks.videoId, videoId)),
    db.delete(transcodes).where(eq(transcodes.videoId, videoId)),
  ];
}

/** Ended transcodes whose leftovers are still stored, the oldest first (index `transcodes_unswept`). */
export function unsweptTranscodes(
  db: Catalog,
  endedBefore: number,
  limit: number,
): Promise<Transcode[]> {
  return db
    .select()
    .from(transcodes)
    .where(and(whereUnswept, lt(transcodes.updatedAt, endedBefore)))
    .orderBy(transcodes.updatedAt)
    .limit(limit);
}

/** Statement that makes later tasks of this version read another file: the copy that has an index. */
export function changeSource(
  db: Catalog,
  version: VideoVersion,
  sourceKey: string,
  now: number,
): Statement {
  return db
    .update(transcodes)
    .set({ sourceKey, updatedAt: now })
    .where(transcodeOfVersion(version));
}

/**
 * The earliest stage of a transcode that still has open tasks; NULL when there are none. Two look-ups in `tasks_next`,
 * since SQLite finds a minimum by index only for one state at a time.
 */
function earliestOpenStage({
  videoId,
  version,
}: VideoVersion | Record<keyof VideoVersion, SQL>): SQL<number> {
  const earliest = (state: "queued" | "running") => sql`
    SELECT min(stage) AS stage FROM tasks
    WHERE video_id = ${videoId} AND version = ${version} AND state = ${state}`;
  return sql`(SELECT min(stage) FROM (${earliest("queued")} UNION ALL ${earliest("running")}))`;
}

/**
 * Statement that moves transcodes on to the earliest stage that still has open tasks; without any they are done. The trigger
 * `tasks_closed` does so when a task ends; this is for tasks that were removed, or ended while the transcode was paused.
 */
function advance(db: Catalog, which: SQL | undefined, now: number): Statement {
  const open = earliestOpenStage({
    videoId: sql`transcodes.video_id`,
    version: sql`transcodes.version`,
  });
  return db
    .update(transcodes)
    .set({
      stage: sql`coalesce(${open}, stage)`,
      state: sql`CASE WHEN ${open} IS NULL THEN 'done' ELSE state END`,
      updatedAt: now,
    })
    .where(and(which, eq(transcodes.state, "active")));
}

/** Like `addTasks`, for a transcode that may already be done: it becomes active again. */
export function addLateTasks(
  db: Catalog,
  transcode: Transcode,
  planned: readonly PlannedTask[],
  now: number,
): Statement[] {
  const open = earliestOpenStage(transcode);
  return [
    ...addTasks(db, transcode, planned, now),
    db
      .update(transcodes)
      .set({ state: "active", stage: open, sweptAt: null, updatedAt: now })
      .where(
        and(
          transcodeOfVersion(transcode),
          ne(transcodes.state, "failed"),
          sql`${open} IS NOT NULL`,
        ),
      ),
    enqueueWake(db, now),
  ];
}

/**
 * Statements that remove the tasks that make files to download. A running one loses its task, and the sweep looks once
 * more for what it may still store.
 */
export function forgetDownloads(db: Catalog, version: VideoVersion, now: number): Statement[] {
  return [
    db.delete(tasks).where(and(tasksOfVersion(version), eq(tasks.kind, "download"))),
    db.update(transcodes).set({ sweptAt: null, updatedAt: now }).where(transcodeOfVersion(version)),
    advance(db, transcodeOfVersion(version), now),
  ];
}
