import { and, eq, lt, sql } from "drizzle-orm";
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

/** Statements that put a track on record, unless a newer one got there first; the search index follows. */
export const storeCaptions = (db: Catalog, row: CaptionRow): Statement[] => [
  db
    .insert(captions)
    .values(row)
    .onConflictDoUpdate({
      target: [captions.videoId, captions.language],
      set: row,
      setWhere: lt(captions.revision, row.revision),
    }),
  ...touchVideo(db, row.videoId, row.updatedAt),
];

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
