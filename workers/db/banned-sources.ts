import { and, desc, eq, isNull, sql } from "drizzle-orm";
import { LIMITS } from "../domain/limits.ts";
import { BANNED_SOURCE } from "../domain/moderation.ts";
import type { Catalog, Statement } from "./client.ts";
import { bannedSources } from "./moderation-schema.ts";
import { hideStatements } from "./reports.ts";
import { videos } from "./schema.ts";
import { pauseTranscodes } from "./transcoding/transcodes.ts";

type BannedRow = typeof bannedSources.$inferSelect;

/** The SHA-256 of a video's source; null until it has been read whole. */
export async function hashOfVideo(db: Catalog, videoId: string): Promise<string | null> {
  const [row] = await db.all<{ sha256: string | null }>(
    sql`SELECT source_sha256 AS sha256 FROM storage_checks WHERE video_id = ${videoId}`,
  );
  return row?.sha256 ?? null;
}

/** Statement that bans the source of a video from further uploads. Beyond the limit, nothing is stored. */
export function banSource(
  db: Catalog,
  {
    sha256,
    videoId,
    reason,
    createdAt,
  }: Pick<BannedRow, "sha256" | "videoId" | "reason" | "createdAt">,
): Statement {
  return db
    .insert(bannedSources)
    .select(
      sql`SELECT ${sha256},
          (SELECT etag FROM uploads WHERE video_id = ${videoId} AND state = 'completed' LIMIT 1),
          source_bytes, id, ${reason}, ${createdAt}
        FROM videos WHERE id = ${videoId}
          AND (SELECT count(*) FROM banned_sources) < ${LIMITS.bannedSources}`,
    )
    .onConflictDoNothing();
}

export const allowSource = (db: Catalog, sha256: string): Statement =>
  db.delete(bannedSources).where(eq(bannedSources.sha256, sha256));

/** Statements that refuse a video whose source is banned: they hide it and stop its transcode. */
export function refuseBanned(db: Catalog, videoId: string, now: number): Statement[] {
  return [
    ...hideStatements(db, videoId, now),
    db
      .update(videos)
      .set({ state: "failed", errorCode: "banned_source", errorDetail: BANNED_SOURCE })
      .where(and(eq(videos.id, videoId), isNull(videos.deletedAt))),
    ...pauseTranscodes(db, [videoId], now),
  ];
}

/** Whether the source of a video was banned with another video: the first one is for moderators to decide about. */
export async function isBannedWithAnother(
  db: Catalog,
  sha256: string,
  videoId: string,
): Promise<boolean> {
  const row = await findBanned(db, sha256);
  return row !== null && row.videoId !== videoId;
}

export async function findBanned(db: Catalog, sha256: string): Promise<BannedRow | null> {
  const query = db.select().from(bannedSources).where(eq(bannedSources.sha256, sha256));
  return (await query.get()) ?? null;
}

/** Whether an object is the same file as one that was banned. Storage makes the ETag of all its bytes. */
export async function isBannedObject(db: Catalog, etag: string, bytes: number): Promise<boolean> {
  const rows = await db
    .select({ bytes: bannedSources.bytes })
    .from(bannedSources)
    .where(eq(bannedSources.etag, etag))
    .limit(2);
  return rows.some((row) => row.bytes === bytes);
}

/** The newest first. Plan: the index of times. */
export function listBanned(
  db: Catalog,
  limit: number,
  before: { createdAt: number; sha256: string } = {
    createdAt: Number.MAX_SAFE_INTEGER,
    sha256: "",
  },
): Promise<BannedRow[]> {
  return db
    .select()
    .from(bannedSources)
    .where(
      sql`(${bannedSources.createdAt}, ${bannedSources.sha256}) < (${before.createdAt}, ${before.sha256})`,
    )
    .orderBy(desc(bannedSources.createdAt), desc(bannedSources.sha256))
    .limit(limit);
}
