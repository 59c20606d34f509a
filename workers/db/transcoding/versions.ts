import { and, desc, eq, inArray, ne, type SQL, sql } from "drizzle-orm";
import type { PlannedTask } from "../../contract/transcodes.ts";
import { type Failure, videoFailure } from "../../domain/tasks/task-state.ts";
import { REQUIRED_STAGES } from "../../domain/tasks/task-order.ts";
import { currentTrace } from "../../trace.ts";
import { type Catalog, insertFrom, type Statement } from "../client.ts";
import { enqueueWake } from "../outbox.ts";
import {
  tasks,
  transcodes,
  type VersionFacts,
  type VersionTrack,
  videoVersions,
} from "../transcoding-schema.ts";
import type { VideoRow } from "../videos.ts";
import { addTasks } from "./add-tasks.ts";
import { tasksOfVersion, type VideoVersion } from "./tasks.ts";
import { transcodeOfVersion } from "./transcodes.ts";

export type VersionRow = typeof videoVersions.$inferSelect;

/** Matches the row of a version. */
export function isVersion({ videoId, version }: VideoVersion) {
  return and(eq(videoVersions.videoId, videoId), eq(videoVersions.version, version));
}

/** The error that undoes a batch if the video has changed since it was read. SQLite has no "roll back if". */
const CHANGED = "the video has changed";

export function isChangedMeanwhile(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.message.includes(CHANGED) || isChangedMeanwhile(error.cause);
}

/** Statement that undoes its batch unless a condition holds: a path that is none is an error. */
export function onlyIf(db: Catalog, condition: SQL): Statement {
  const fence = sql`CASE WHEN ${condition} THEN 1 ELSE json_extract('{}', ${CHANGED}) END`;
  return db.select({ fence }).from(sql`(SELECT 1)`);
}

export async function findVersion(db: Catalog, version: VideoVersion): Promise<VersionRow | null> {
  return (await db.select().from(videoVersions).where(isVersion(version)).get()) ?? null;
}

/** The versions of a video, the newest first: a few, and at most `LIMITS.versionsPerVideo`. */
export function listVersions(db: Catalog, videoId: string): Promise<VersionRow[]> {
  return db
    .select()
    .from(videoVersions)
    .where(eq(videoVersions.videoId, videoId))
    .orderBy(desc(videoVersions.version));
}

/** A number that no version of a video has had. */
export async function nextVersion(db: Catalog, videoId: string): Promise<number> {
  const [row] = await db
    .select({ last: sql<number>`max(${transcodes.version})` })
    .from(transcodes)
    .where(eq(transcodes.videoId, videoId));
  return (row?.last ?? 0) + 1;
}

/** The share of the work for an edited version that makes its source. */
const EDIT_SHARE = 0.4;

/** How far the tasks are that a version needs before it can be watched, 0 to 1. The plan adds most of them. */
export async function versionProgress(db: Catalog, version: VideoVersion): Promise<number> {
  const [row] = await db
    .select({
      edit: sql<number | null>`avg(CASE WHEN kind = 'edit' THEN progress END)`,
      others: sql<
        number | null
      >`avg(CASE WHEN kind NOT IN ('edit', 'plan', 'remux') THEN progress END)`,
    })
    .from(tasks)
    .where(and(tasksOfVersion(version), inArray(tasks.stage, [...REQUIRED_STAGES])));
  const { edit = null, others = null } = row ?? {};
  if (edit === null) return others ?? 0;
  return others === null ? EDIT_SHARE * edit : EDIT_SHARE + (1 - EDIT_SHARE) * others;
}

export interface NewVersion extends Pick<VersionRow, "version" | "recipe" | "facts"> {
  /** Tracks of an archived version that is encoded again. */
  tracks?: VersionTrack[];
  /** The input of the first tasks. */
  sourceKey: string;
  /** Same as in `TranscodeVideo`. */
  contentKey: string;
}

/**
 * Statements that start a version next to the current one. Their batch is rolled back (`isChangedMeanwhile`) if that is
 * not possible because another one is in the making, or the video is not ready. Old failed versions are deleted.
 * @param condition an additional one
 */
export function startVersion(
  db: Catalog,
  video: Pick<VideoRow, "id" | "ownerId" | "version">,
  next: NewVersion,
  planned: readonly PlannedTask[],
  now: number,
  condition = sql`1`,
): Statement[] {
  const { id: videoId, ownerId } = video;
  const { version, recipe, facts, tracks, sourceKey } = next;
  const ofVideo = eq(videoVersions.videoId, videoId);
  const isPossible = sql`
    EXISTS (
      SELECT 1 FROM videos
      WHERE id = ${videoId} AND version = ${video.version} AND state = 'ready' AND deleted_at IS NULL)
    AND NOT EXISTS (
      SELECT 1 FROM video_versions WHERE video_id = ${videoId} AND state = 'encoding')
    AND NOT EXISTS (SELECT 1 FROM transcodes WHERE video_id = ${videoId} AND version = ${version})
    AND ${condition}`;
  const contentKey = sql`(
    SELECT CASE WHEN encrypted THEN ${next.contentKey} END FROM videos WHERE id = ${videoId})`;
  const requestId = currentTrace()?.requestId ?? null;
  const transcode = { videoId, version, ownerId, sourceKey, requestId, contentKey };
  return [
    onlyIf(db, isPossible),
    insertFrom(
      db,
      videoVersions,
      {
        videoId,
        version: video.version,
        state: "current",
        facts: {},
        createdAt: sql`videos.created_at`,
      },
      sql`videos WHERE id = ${videoId} AND version = ${video.version}`,
    ),
    db.delete(videoVersions).where(and(ofVideo, eq(videoVersions.state, "failed"))),
    db
      .insert(videoVersions)
      .values({ videoId, version, state: "encoding", recipe, facts, tracks, createdAt: now }),
    db.insert(transcodes).values({ ...transcode, createdAt: now, updatedAt: now }),
    ...addTasks(db, { videoId, version }, planned, now),
    enqueueWake(db, now),
  ];
}

/** Statement that adds data to a version that is not current; it does nothing for the current one. */
export function noteFacts(db: Catalog, version: VideoVersion, facts: VersionFacts): Statement {
  return db
    .update(videoVersions)
    .set({ facts: sql`json_patch(facts, ${JSON.stringify(facts)})` })
    .where(and(isVersion(version), inArray(videoVersions.state, ["encoding", "kept"])));
}

/** Statements that end the tasks of a version; what it has stored is collected after the usual grace. */
function endTasks(db: Catalog, version: VideoVersion, now: number): Statement[] {
  const { videoId } = version;
  const isGivenUp = sql`EXISTS (
    SELECT 1 FROM video_versions
    WHERE video_id = ${videoId} AND version = ${version.version} AND state <> 'current')`;
  return [
    db
      .update(transcodes)
      .set({ state: "failed", sweptAt: null, updatedAt: now })
      .where(and(transcodeOfVersion(version), isGivenUp)),
    db
      .update(tasks)
      .set({
        state: "dead",
        runner: null,
        leaseUntil: null,
        errorCode: "cancelled",
        finishedAt: now,
      })
      .where(and(tasksOfVersion(version), inArray(tasks.state, ["queued", "running"]), isGivenUp)),
  ];
}

/** Statements for a new version that has failed. The current version of the video keeps playing. */
export function failVersion(
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
      .set({ state: "dead", errorCode: "cancelled", finishedAt: now })
      .where(and(tasksOfVersion(version), eq(tasks.state, "queued"))),
    db
      .update(videoVersions)
      .set({ state: "failed", errorCode: code, errorDetail: detail })
      .where(and(isVersion(version), eq(videoVersions.state, "encoding"))),
  ];
}

/** Statements that keep only the recipes of kept versions. Their objects are deleted like those of a failed version. */
export function archiveVersions(
  db: Catalog,
  versions: readonly VersionRow[],
  now: number,
): Statement[] {
  return versions.flatMap((version) => [
    ...endTasks(db, version, now),
    db
      .update(videoVersions)
      .set({ state: "archived" })
      .where(and(isVersion(version), eq(videoVersions.state, "kept"))),
  ]);
}

/** Statements that drop versions: new ones in the making, and ones that are no longer kept. Never the current one. */
export function dropVersions(
  db: Catalog,
  versions: readonly VersionRow[],
  now: number,
): Statement[] {
  return versions.flatMap((version) => [
    ...endTasks(db, version, now),
    db.delete(videoVersions).where(and(isVersion(version), ne(videoVersions.state, "current"))),
  ]);
}

/** Statement that forgets the versions of a video that is erased. */
export function forgetVersions(db: Catalog, videoId: string): Statement {
  return db.delete(videoVersions).where(eq(videoVersions.videoId, videoId));
}

/** The tasks that have rendered the stored parts of an edited source, in order. */
export async function editedParts(
  db: Catalog,
  version: VideoVersion,
): Promise<{ id: string; attempt: number }[]> {
  return db
    .select({ id: tasks.id, attempt: tasks.attempt })
    .from(tasks)
    .where(
      and(
        tasksOfVersion(version),
        eq(tasks.kind, "edit"),
        eq(tasks.state, "done"),
        sql`json_extract(${tasks.spec}, '$.part') IS NOT NULL`,
      ),
    )
    .orderBy(sql`json_extract(${tasks.spec}, '$.part.from')`);
}

/** Statement that records the tracks in the file of a version in the making. */
export function noteTracks(
  db: Catalog,
  version: VideoVersion,
  tracks: readonly { language: string; name: string; key: string; cues: number }[],
  now: number,
): Statement {
  const rows = tracks.map(({ name, ...track }): VersionTrack => ({
    ...track,
    label: name,
    origin: "embedded",
    revision: 1,
    updatedAt: now,
  }));
  return db
    .update(videoVersions)
    .set({ tracks: rows })
    .where(and(isVersion(version), eq(videoVersions.state, "encoding")));
}

/** Statement that gives the current version a new number, if the video has this one already: it is made again. */
export function renumberCurrent(db: Catalog, version: VideoVersion, to: number): Statement {
  return db
    .update(videoVersions)
    .set({ version: to })
    .where(
      and(
        isVersion(version),
        eq(videoVersions.state, "current"),
        sql`EXISTS (SELECT 1 FROM videos WHERE id = ${version.videoId} AND version = ${to})`,
      ),
    );
}
