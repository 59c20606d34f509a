import { and, asc, eq, gt, inArray, isNull, lt, sql } from "drizzle-orm";
import type { SQLiteUpdateSetSource } from "drizzle-orm/sqlite-core";
import type { VideoPatch, VideoState } from "../contract/videos.ts";
import type { Schedule } from "../domain/schedule.ts";
import { type Catalog, idsIn, runBatch, type Statement } from "./client.ts";
import { enqueueEvent, enqueueEvents } from "./outbox.ts";
import { announcePremiere, forgetPremieres } from "./premieres.ts";
import { reports } from "./report-schema.ts";
import { forgetReview } from "./reviews.ts";
import { forgetRulings } from "./rulings.ts";
import { videoRevocations } from "./revocations.ts";
import { captions, uploadParts, uploads, videos } from "./schema.ts";
import { uploadLinks } from "./upload-link-schema.ts";
import { storageChecks } from "./upkeep-schema.ts";
import { forgetVersions } from "./transcoding/versions.ts";
import { forgetWaysIn } from "./video-access.ts";
import { pauseTranscodes } from "./transcoding/transcodes.ts";

export type VideoRow = typeof videos.$inferSelect;

/** The rows whose id is among `ids`, in the order of `ids`. */
export function inOrderOf<Row extends { id: string }>(
  ids: readonly string[],
  rows: readonly Row[],
): Row[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** Query of the row of a video, deleted or not. */
export function videoQuery(db: Catalog, id: string) {
  return db.select().from(videos).where(eq(videos.id, id));
}

/** The row of a video, deleted or not; null when there is none. */
export async function findVideo(db: Catalog, id: string): Promise<VideoRow | null> {
  return (await videoQuery(db, id).get()) ?? null;
}

/** Rows of the videos that exist, in the order of the ids. */
export async function findVideos(db: Catalog, ids: readonly string[]): Promise<VideoRow[]> {
  const rows = await db
    .select()
    .from(videos)
    .where(sql`${videos.id} IN ${idsIn(ids)}`);
  return inOrderOf(ids, rows);
}

const isListedRow = and(
  eq(videos.visibility, "public"),
  inArray(videos.state, ["playable", "ready"]),
  isNull(videos.deletedAt),
);

/** Ids of listed videos in ascending order, from the first after `after`. */
export async function listedIds(db: Catalog, after: string, limit: number): Promise<string[]> {
  const rows = await db
    .select({ id: videos.id })
    .from(videos)
    .where(and(gt(videos.id, after), isListedRow))
    .orderBy(asc(videos.id))
    .limit(limit);
  return rows.map((row) => row.id);
}

/** How many videos there have ever been, which is at least the number with objects. Reads one row. */
export async function countEver(db: Catalog): Promise<number> {
  const [last] = await db.select({ row: sql<number>`max(rowid)` }).from(videos);
  return last?.row ?? 0;
}

/** Statements that change a video, if it is in one of `states` at this version; the search index follows. */
export function changeVideo(
  db: Catalog,
  { videoId, version }: { videoId: string; version: number },
  states: VideoState[],
  change: SQLiteUpdateSetSource<typeof videos>,
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

/** The column `published_at` when a video becomes watchable: a public video is published now, unless it was before. */
export function publishedNow(now: number) {
  return sql<number | null>`
    CASE WHEN published_at IS NULL AND visibility = 'public' THEN ${now} ELSE published_at END`;
}

const areAmong = (ids: readonly string[]) =>
  and(sql`${videos.id} IN ${idsIn(ids)}`, isNull(videos.deletedAt));

/** Statement that announces the same to the consumers of each video's events. */
function announce(
  db: Catalog,
  kind: "index-video" | "sync-downloads" | "purge-video",
  ids: readonly string[],
  now: number,
): Statement {
  return enqueueEvents(
    db,
    ids.map((videoId) => ({ kind, videoId })),
    now,
  );
}

/**
 * Statements for a creator's change to some videos. The search index and the files to download follow through
 * the outbox. A video that becomes public while it can be watched is published now, unless it was before. `encrypted`
 * and `alwaysEncode` cannot change once a transcode has started.
 * @param schedule the times of the patch that are set
 */
export function changeStatements(
  db: Catalog,
  ids: readonly string[],
  patch: VideoPatch,
  now: number,
  schedule: Partial<Schedule> = {},
): Statement[] {
  const {
    encrypted,
    alwaysEncode,
    publishAt: _start,
    unpublishAt: _end,
    premiere,
    ...rest
  } = patch;
  const isReplanned = patch.visibility !== undefined || schedule.publishAt === null;
  const visibility = patch.visibility === undefined ? videos.visibility : sql`${patch.visibility}`;
  return [
    db
      .update(videos)
      .set({
        ...rest,
        // A change by hand cancels the schedule.
        ...(patch.visibility !== undefined &&
          patch.visibility !== "private" && { publishAt: null }),
        ...(patch.visibility === "private" && { unpublishAt: null }),
        ...schedule,
        ...(encrypted !== undefined && {
          encrypted: sql`
            CASE WHEN state IN ('uploading', 'failed') THEN ${Number(encrypted)} ELSE encrypted END`,
        }),
        ...(alwaysEncode !== undefined && {
          alwaysEncode: sql`
            CASE WHEN state IN ('uploading', 'failed') THEN ${Number(alwaysEncode)} ELSE always_encode END`,
        }),
        publishedAt: sql`
          CASE
            WHEN published_at IS NULL AND ${visibility} = 'public' AND state IN ('playable', 'ready') THEN ${now}
            ELSE published_at
          END`,
        updatedAt: now,
        revision: sql`revision + 1`,
      })
      .where(areAmong(ids)),
    ...(isReplanned || premiere === false ? [forgetPremieres(db, ids)] : []),
    ...(premiere ? ids.map((id) => announcePremiere(db, id)) : []),
    announce(db, "index-video", ids, now),
    ...(patch.downloadsEnabled === undefined ? [] : [announce(db, "sync-downloads", ids, now)]),
    ...(patch.visibility === "private" || patch.playbackRules
      ? videoRevocations(db, ids, now)
      : []),
  ];
}

/** Statement that sets or forgets the chapters that a creator has listed. */
export function setOwnChapters(
  db: Catalog,
  id: string,
  ownChapters: VideoRow["ownChapters"],
  now: number,
): Statement {
  return db
    .update(videos)
    .set({ ownChapters, updatedAt: now })
    .where(and(eq(videos.id, id), isNull(videos.deletedAt)));
}

/**
 * Statements that hide videos from everyone at once and move them to the bin. One that is still being uploaded has nothing
 * to restore, so it is erased.
 */
export function deletionStatements(
  db: Catalog,
  ids: readonly string[],
  now = Date.now(),
): Statement[] {
  return [
    db
      .update(videos)
      .set({
        deletedAt: now,
        erasedAt: sql`CASE WHEN state = 'uploading' THEN ${now} END`,
        updatedAt: now,
        revision: sql`revision + 1`,
      })
      .where(areAmong(ids)),
    ...pauseTranscodes(db, ids, now),
    announce(db, "index-video", ids, now),
    announce(db, "purge-video", ids, now),
    ...videoRevocations(db, ids, now),
  ];
}

/** Ids of erased videos that may still have objects in storage, the oldest first. */
export async function unpurgedVideos(
  db: Catalog,
  erasedBefore: number,
  limit: number,
): Promise<string[]> {
  const rows = await db
    .select({ id: videos.id })
    .from(videos)
    .where(and(lt(videos.erasedAt, erasedBefore), isNull(videos.purgedAt)))
    .orderBy(asc(videos.erasedAt))
    .limit(limit);
  return rows.map((row) => row.id);
}

export async function markPurged(db: Catalog, id: string, now: number): Promise<void> {
  await db.update(videos).set({ purgedAt: now }).where(eq(videos.id, id));
}

/**
 * Deletes the remaining rows of purged videos and of their uploads. Plan: the index `videos_purged`.
 * @param purgedBefore so long ago that nothing which started before the purge still runs
 * @returns how many, at most `limit`
 */
export async function forgetPurgedVideos(
  db: Catalog,
  purgedBefore: number,
  limit: number,
): Promise<number> {
  const rows = await db
    .select({ id: videos.id })
    .from(videos)
    .where(lt(videos.purgedAt, purgedBefore))
    .limit(limit);
  const ids = idsIn(rows.map(({ id }) => id));
  await runBatch(db, [
    db.delete(uploadLinks).where(sql`${uploadLinks.videoId} IN ${ids}`),
    db.delete(uploads).where(sql`${uploads.videoId} IN ${ids}`),
    db.delete(videos).where(sql`${videos.id} IN ${ids}`),
  ]);
  return rows.length;
}

/**
 * Statements that erase the content of an erased video. The bare row stays for a month, so that anything still running
 * finds it deleted (`forgetPurgedVideos`).
 */
export function forgetContent(db: Catalog, id: string): Statement[] {
  return [
    db.delete(captions).where(eq(captions.videoId, id)),
    db.delete(reports).where(eq(reports.videoId, id)),
    forgetVersions(db, id),
    ...forgetRulings(db, id),
    forgetReview(db, id),
    ...forgetWaysIn(db, id),
    db.delete(storageChecks).where(eq(storageChecks.videoId, id)),
    db
      .delete(uploadParts)
      .where(sql`${uploadParts.uploadId} IN (SELECT id FROM uploads WHERE video_id = ${id})`),
    db.update(uploads).set({ filename: "" }).where(eq(uploads.videoId, id)),
    db.update(uploadLinks).set({ url: "", dueAt: null }).where(eq(uploadLinks.videoId, id)),
    db
      .update(videos)
      .set({
        title: "",
        description: "",
        tags: [],
        people: [],
        sourceKey: null,
        sourceBytes: 0,
        fingerprint: null,
        posterPath: null,
        chapters: [],
        ownChapters: null,
      })
      .where(eq(videos.id, id)),
  ];
}
