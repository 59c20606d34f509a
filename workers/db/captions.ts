import { and, eq, lt, sql } from "drizzle-orm";
import { MAX_CAPTION_TRACKS } from "../contract/captions.ts";
import type { Catalog, Statement } from "./client.ts";
import { enqueueEvent } from "./outbox.ts";
import { captions, videos } from "./schema.ts";

export type CaptionRow = typeof captions.$inferSelect;

const isTrack = (videoId: string, language: string) =>
  and(eq(captions.videoId, videoId), eq(captions.language, language));

export async function findCaptions(
  db: Catalog,
  videoId: string,
  language: string,
): Promise<CaptionRow | null> {
  return (await db.select().from(captions).where(isTrack(videoId, language)).get()) ?? null;
}

/** Every track of these videos. */
export const listCaptions = (db: Catalog, videoIds: readonly string[]): Promise<CaptionRow[]> =>
  db
    .select()
    .from(captions)
    .where(sql`${captions.videoId} in (select value from json_each(${JSON.stringify(videoIds)}))`)
    .orderBy(captions.language);

/**
 * Inserts a track unless its video has as many as it may have; one in its language is updated all the same. One
 * statement counts and inserts, so that of many at once no more get through.
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
      .from(sql`(select 1)`)
      .where(sql`${count} < ${MAX_CAPTION_TRACKS} or ${same} > 0`),
  );
}

/**
 * Statements that put an uploaded track on record, unless a newer one got there first, or the video has as many as it
 * may have; the search index follows.
 */
export const storeCaptions = (db: Catalog, row: CaptionRow): Statement[] => [
  insertTrack(db, row).onConflictDoUpdate({
    target: [captions.videoId, captions.language],
    set: row,
    setWhere: lt(captions.revision, row.revision),
  }),
  ...touchVideo(db, row.videoId, row.updatedAt),
];

/** Subtitle streams of the source become caption tracks; a track that the creator uploaded stays. */
export const addEmbeddedCaptions = (
  db: Catalog,
  videoId: string,
  tracks: readonly { language: string; name: string; key: string; cues: number }[],
  now: number,
): Statement[] =>
  tracks.map(({ language, name: label, key, cues }) =>
    insertTrack(db, {
      ...{ videoId, language, label, key, cues },
      ...{ origin: "embedded", revision: 1, updatedAt: now },
    }).onConflictDoUpdate({
      target: [captions.videoId, captions.language],
      set: { label, key, cues, revision: sql`revision + 1`, updatedAt: now },
      setWhere: eq(captions.origin, "embedded"),
    }),
  );

/** Statements that take a track off the record; the search index follows. */
export const removeCaptions = (db: Catalog, row: CaptionRow, now: number): Statement[] => [
  db
    .delete(captions)
    .where(and(isTrack(row.videoId, row.language), eq(captions.revision, row.revision))),
  ...touchVideo(db, row.videoId, now),
];

const touchVideo = (db: Catalog, videoId: string, now: number): Statement[] => [
  db
    .update(videos)
    .set({ revision: sql`revision + 1`, updatedAt: now })
    .where(eq(videos.id, videoId)),
  enqueueEvent(db, { kind: "index-video", videoId }, now),
];
