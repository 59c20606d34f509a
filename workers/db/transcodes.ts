import { and, eq, isNull, lt, ne, sql } from "drizzle-orm";
import type { PlannedTask } from "../contract/transcode.ts";
import { newId } from "../domain/id.ts";
import type { Catalog, Statement } from "./client.ts";
import { enqueueEvent, enqueueWake } from "./outbox.ts";
import { captions, tasks, transcodes, videos } from "./schema.ts";
import type { Task, Transcode } from "./tasks.ts";

/** What a transcode needs to know of its video. */
export interface TranscodeVideo {
  id: string;
  ownerId: string;
  version: number;
  /** Key of the uploaded file in R2. */
  sourceKey: string;
  /** A new wrapped key for the version's segments (media/content-key.ts): used if the video is to be encrypted. */
  contentKey: string;
}

/**
 * Statements that schedule the transcode of a video's version: its row, the `plan` task and a ticket.
 * Put them in the batch that turns the video from `uploading` to `queued`, then call `relayOutbox`.
 * A repetition changes nothing.
 * @param plan from `planTask` (domain/plan-settings.ts)
 */
export function startTranscode(
  db: Catalog,
  video: TranscodeVideo,
  plan: PlannedTask,
  now = Date.now(),
): Statement[] {
  const { id: videoId, version, ownerId, sourceKey } = video;
  // Read in the same transaction: what the creator chose last counts.
  const contentKey = sql`(select case when encrypted then ${video.contentKey} end from videos where id = ${videoId})`;
  return [
    db
      .insert(transcodes)
      .values({ videoId, version, ownerId, sourceKey, contentKey, createdAt: now, updatedAt: now })
      .onConflictDoNothing(),
    db
      .insert(tasks)
      .values({
        ...plan,
        kind: plan.spec.kind,
        id: newId(),
        videoId,
        version,
        ownerId,
        createdAt: now,
      })
      .onConflictDoNothing(),
    enqueueWake(db, "transcode-urgent", now),
  ];
}

/**
 * Statements that transcode a failed video again, from the source that was kept, as a new version.
 * Of two retries at once the second only sends a ticket.
 * @param video the failed one; its `version` is the one that failed
 */
export function retryTranscode(
  db: Catalog,
  video: TranscodeVideo,
  plan: PlannedTask,
  now = Date.now(),
): Statement[] {
  const next = { ...video, version: video.version + 1 };
  return [
    ...startTranscode(db, next, plan, now),
    db.delete(captions).where(and(eq(captions.videoId, video.id), eq(captions.origin, "embedded"))),
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
        and(eq(videos.id, video.id), eq(videos.version, video.version), eq(videos.state, "failed")),
      ),
    enqueueEvent(db, { kind: "index-video", videoId: video.id }, now),
  ];
}

/**
 * Statement that stops a video's transcodes (the video is being deleted): nothing of it is claimed any
 * more, and what runs stops at its next progress report.
 */
export function cancelTranscodes(db: Catalog, videoId: string, now = Date.now()): Statement {
  return db
    .update(transcodes)
    .set({ state: "failed", updatedAt: now })
    .where(and(eq(transcodes.videoId, videoId), eq(transcodes.state, "active")));
}

/** Statements that remove the record of a deleted video's transcodes and captions. */
export function forgetTranscodes(db: Catalog, videoId: string): Statement[] {
  return [
    db.delete(tasks).where(eq(tasks.videoId, videoId)),
    db.delete(transcodes).where(eq(transcodes.videoId, videoId)),
    db.delete(captions).where(eq(captions.videoId, videoId)),
  ];
}

/** Ended transcodes whose leftovers are still stored, the oldest first. */
export function unsweptTranscodes(
  db: Catalog,
  endedBefore: number,
  limit: number,
): Promise<Transcode[]> {
  return db
    .select()
    .from(transcodes)
    .where(
      and(
        isNull(transcodes.sweptAt),
        lt(transcodes.updatedAt, endedBefore),
        ne(transcodes.state, "active"),
      ),
    )
    .orderBy(transcodes.updatedAt)
    .limit(limit);
}

/** The tasks of a transcode, as the sweep needs them. */
export function tasksOf(
  db: Catalog,
  { videoId, version }: Pick<Transcode, "videoId" | "version">,
): Promise<Task[]> {
  return db
    .select()
    .from(tasks)
    .where(and(eq(tasks.videoId, videoId), eq(tasks.version, version)));
}

export async function markSwept(
  db: Catalog,
  { videoId, version }: Pick<Transcode, "videoId" | "version">,
  now: number,
): Promise<void> {
  await db
    .update(transcodes)
    .set({ sweptAt: now })
    .where(and(eq(transcodes.videoId, videoId), eq(transcodes.version, version)));
}
