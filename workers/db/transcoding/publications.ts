import { and, eq, inArray, isNotNull, lt, ne, or, sql } from "drizzle-orm";
import type { Plan } from "../../contract/transcodes.ts";
import type { ChapteredVideo } from "../../domain/chapters.ts";
import type { Catalog, Statement } from "../client.ts";
import { captions, videos } from "../schema.ts";
import { tasks, transcodes } from "../transcoding-schema.ts";
import { type Task, tasksOfVersion, type VideoVersion } from "./tasks.ts";
import { transcodeOfVersion } from "./transcodes.ts";

export interface PublicationRows {
  plan: Plan;
  encrypted: boolean;
  /** The output of the video and audio tasks: of finished ones in `result`, of running ones in `partial`. */
  media: Pick<Task, "attempt" | "result" | "partial">[];
  /** Ids of renditions that still miss a chunk, or always will. */
  incomplete: ReadonlySet<string>;
  captions: (typeof captions.$inferSelect)[];
  /** The sources of the video's chapters. */
  chaptered: ChapteredVideo;
}

/** The renditions that a media task makes, as a JSON array. */
const taskRenditions = sql`coalesce(${tasks.spec} -> '$.renditions', json_array(${tasks.spec} -> '$.rendition'))`;

/**
 * For the RETURNING of a task that has stored segments: whether its video may have become playable. That is the case if
 * it was not before, the task belongs to the start of the video, and the other kind of media, if there is any, has
 * segments too. It does not depend on the row itself, which is changing. Plan: for such tasks the other ones of the
 * version, by `tasks_name`.
 */
export const MAY_BE_PLAYABLE = sql<number>`(
  (tasks.kind = 'audio' OR json_extract(tasks.spec, '$.firstSegment') = 0)
  AND EXISTS (
    SELECT 1 FROM videos AS v WHERE v.id = tasks.video_id AND v.version = tasks.version AND v.state = 'processing')
  AND (
    EXISTS (
      SELECT 1 FROM tasks AS other
      WHERE other.video_id = tasks.video_id AND other.version = tasks.version
        AND other.kind = iif(tasks.kind = 'video', 'audio', 'video')
        AND (other.result IS NOT NULL OR other.partial IS NOT NULL))
    OR tasks.kind = 'video' AND NOT EXISTS (
      SELECT 1 FROM tasks AS other
      WHERE other.video_id = tasks.video_id AND other.version = tasks.version AND other.kind = 'audio')))`;

/** The rows that a version's publication is assembled from. Null before the plan exists. One round trip. */
export async function loadPublicationRows(
  db: Catalog,
  version: VideoVersion,
): Promise<PublicationRows | null> {
  const isMedia = and(tasksOfVersion(version), inArray(tasks.kind, ["video", "audio"]));
  const [[transcode], media, unfinished, tracks] = await db.batch([
    db
      .select({
        plan: transcodes.plan,
        contentKey: transcodes.contentKey,
        chaptered: {
          description: videos.description,
          duration: videos.duration,
          chapters: videos.chapters,
          ownChapters: videos.ownChapters,
        },
      })
      .from(transcodes)
      .innerJoin(videos, eq(videos.id, transcodes.videoId))
      .where(transcodeOfVersion(version)),
    db
      .select({ attempt: tasks.attempt, result: tasks.result, partial: tasks.partial })
      .from(tasks)
      .where(and(isMedia, or(isNotNull(tasks.result), isNotNull(tasks.partial)))),
    db
      .selectDistinct({ rendition: sql<string>`chunk.value ->> 'id'` })
      .from(tasks)
      .innerJoin(sql`json_each(${taskRenditions}) AS chunk`, sql`true`)
      .where(and(isMedia, ne(tasks.state, "done"))),
    db
      .select()
      .from(captions)
      .where(eq(captions.videoId, version.videoId))
      .orderBy(captions.language),
  ]);
  if (!transcode?.plan) return null;
  return {
    plan: transcode.plan,
    encrypted: transcode.contentKey !== null,
    media,
    incomplete: new Set(unfinished.map((row) => row.rendition)),
    captions: tracks,
    chaptered: transcode.chaptered,
  };
}

/** Number of a version's newest set of final playlists; 0 when there is none. */
export async function getPublicationNumber(
  db: Catalog,
  { videoId, version }: VideoVersion,
): Promise<number> {
  const ofOther = sql`(
    SELECT json_extract(facts, '$.publication') FROM video_versions
    WHERE video_id = ${videoId} AND version = ${version})`;
  const [video] = await db
    .select({
      publication: sql<number | null>`
        CASE WHEN ${videos.version} = ${version} THEN ${videos.publication} ELSE ${ofOther} END`,
    })
    .from(videos)
    .where(eq(videos.id, videoId));
  return video?.publication ?? 0;
}

/**
 * Gives an attempt to write playlists a number that no other attempt has.
 * @throws Error when the video is gone
 */
export async function claimPublication(db: Catalog, videoId: string): Promise<number> {
  const [video] = await db
    .update(videos)
    .set({ publicationClaimed: sql`max(publication_claimed, publication) + 1` })
    .where(eq(videos.id, videoId))
    .returning({ number: videos.publicationClaimed });
  if (!video) throw new Error(`Video ${videoId} is gone.`);
  return video.number;
}

/** The column `publication` after a set of playlists was written: the newest set has the highest number. */
export function publicationNow(number: number) {
  return sql<number>`max(publication, ${number})`;
}

/** The part of a media task's result that is kept: the notices, which the timeline shows. */
const KEPT_RESULT = sql`
  CASE WHEN json_type(result, '$.notices') = 'array' THEN
    json_object('kind', 'media', 'outputs', json('{}'), 'notices', json_extract(result, '$.notices'))
  END`;

/**
 * Statement that clears the results of media tasks once a `finish` task has published them. Tasks of its own stage may
 * still be working on the same renditions, which a later `finish` publishes. While a task is dead, all results are
 * kept: it may be retried, and its rendition needs the others.
 */
export function clearMedia(db: Catalog, task: VideoVersion & Pick<Task, "stage">): Statement {
  return db
    .update(tasks)
    .set({ result: KEPT_RESULT })
    .where(
      and(
        tasksOfVersion(task),
        inArray(tasks.kind, ["video", "audio"]),
        eq(tasks.state, "done"),
        lt(tasks.stage, task.stage),
        sql`NOT EXISTS (
          SELECT 1 FROM tasks AS broken
          WHERE broken.video_id = ${task.videoId} AND broken.version = ${task.version}
            AND broken.state = 'dead' AND broken.kind IN ('video', 'audio'))`,
      ),
    );
}
