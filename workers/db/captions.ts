import { and, eq, inArray, lt, sql } from "drizzle-orm";
import { MAX_CAPTION_TRACKS } from "../contract/captions.ts";
import type { Catalog, Statement } from "./client.ts";
import { enqueueEvent } from "./outbox.ts";
import { captions, videos } from "./schema.ts";

export type CaptionRow = typeof captions.$inferSelect;

/** @param tag of the track (domain/captions/caption-tracks.ts), which the column `language` holds */
function isTrack(videoId: string, tag: string) {
  return and(eq(captions.videoId, videoId), eq(captions.language, tag));
}

export async function findCaptions(
  db: Catalog,
  videoId: string,
  tag: string,
): Promise<CaptionRow | null> {
  return (await db.select().from(captions).where(isTrack(videoId, tag)).get()) ?? null;
}

/** The kind and state of every track of an account's videos. Plan: the videos by their creator, the tracks by key. */
export function captionsOfAccount(
  db: Catalog,
  ownerId: string,
): Promise<Pick<CaptionRow, "videoId" | "language" | "label">[]> {
  const { videoId, language, label } = captions;
  const own = db.select({ id: videos.id }).from(videos).where(eq(videos.ownerId, ownerId));
  return db
    .select({ videoId, language, label })
    .from(captions)
    .where(inArray(videoId, own))
    .orderBy(videoId, language);
}

/** All tracks of these videos, ordered by language. */
export function listCaptions(db: Catalog, videoIds: readonly string[]): Promise<CaptionRow[]> {
  return db
    .select()
    .from(captions)
    .where(sql`${captions.videoId} IN (SELECT value FROM json_each(${JSON.stringify(videoIds)}))`)
    .orderBy(captions.language);
}

/**
 * Inserts a track unless the video has reached its limit; a track in the same language still conflicts and is updated.
 * One statement counts and inserts, so that concurrent requests cannot exceed the limit.
 */
function insertTrack(db: Catalog, row: CaptionRow) {
  const { videoId, language } = row;
  const count = db.$count(captions, eq(captions.videoId, videoId));
  const same = db.$count(captions, isTrack(videoId, language));
  return db.insert(captions).select(
    db
      .select({
        videoId: sql<string>`${videoId}`.as("video_id"),
        language: sql<string>`${language}`.as("language"),
        label: sql<string>`${row.label}`.as("label"),
        key: sql<string>`${row.key}`.as("key"),
        origin: sql<typeof row.origin>`${row.origin}`.as("origin"),
        cues: sql<number>`${row.cues}`.as("cues"),
        revision: sql<number>`${row.revision}`.as("revision"),
        updatedAt: sql<number>`${row.updatedAt}`.as("updated_at"),
      })
      .from(sql`(SELECT 1)`)
      .where(sql`${count} < ${MAX_CAPTION_TRACKS} OR ${same} > 0`),
  );
}

/**
 * Statements that record an uploaded track, unless a newer one was recorded first or the video has reached its limit;
 * the search index follows.
 */
export function storeCaptions(db: Catalog, row: CaptionRow): Statement[] {
  return [
    insertTrack(db, row).onConflictDoUpdate({
      target: [captions.videoId, captions.language],
      set: row,
      setWhere: lt(captions.revision, row.revision),
    }),
    ...touchVideo(db, row.videoId, row.updatedAt),
  ];
}

/** Like `storeCaptions`, for automatic captions: they never replace a manual track or one from the source. */
export function storeAutomaticCaptions(db: Catalog, row: CaptionRow): Statement[] {
  return [
    insertTrack(db, row).onConflictDoUpdate({
      target: [captions.videoId, captions.language],
      set: row,
      setWhere: and(eq(captions.origin, "automatic"), lt(captions.revision, row.revision)),
    }),
    ...touchVideo(db, row.videoId, row.updatedAt),
  ];
}

/** Statements that record the subtitle streams of the source as tracks; a track that the creator uploaded stays. */
export function addEmbeddedCaptions(
  db: Catalog,
  videoId: string,
  tracks: readonly { language: string; name: string; key: string; cues: number }[],
  now: number,
): Statement[] {
  return tracks.map(({ language, name: label, key, cues }) =>
    insertTrack(db, {
      videoId,
      language,
      label,
      key,
      cues,
      origin: "embedded",
      revision: 1,
      updatedAt: now,
    }).onConflictDoUpdate({
      target: [captions.videoId, captions.language],
      set: { label, key, cues, revision: sql`revision + 1`, updatedAt: now },
      setWhere: inArray(captions.origin, ["embedded", "automatic"]),
    }),
  );
}

/** Statements that delete a track; the search index follows. */
export function removeCaptions(db: Catalog, row: CaptionRow, now: number): Statement[] {
  return [
    db
      .delete(captions)
      .where(and(isTrack(row.videoId, row.language), eq(captions.revision, row.revision))),
    ...touchVideo(db, row.videoId, now),
  ];
}

function touchVideo(db: Catalog, videoId: string, now: number): Statement[] {
  return [
    db
      .update(videos)
      .set({ revision: sql`revision + 1`, updatedAt: now })
      .where(eq(videos.id, videoId)),
    enqueueEvent(db, { kind: "index-video", videoId }, now),
  ];
}
