import { sql } from "drizzle-orm";
import type { Catalog, Statement } from "./client.ts";
import { forgetTranscodes } from "./transcoding/transcodes.ts";
import { forgetContent } from "./videos.ts";

/** Tables with rows of a video, by `video_id`, which are deleted with it. */
const TABLES = [
  ...["tasks", "transcodes", "captions", "reports", "video_versions", "storage_checks"],
  ...["rulings", "video_limits", "video_reviews"],
  ...["video_passwords", "access_links", "video_invitations", "premieres"],
] as const;

/** Statements that erase all that the catalogue says about an erased video, but that there was one. */
export const eraseContent = (db: Catalog, videoId: string): Statement[] => [
  ...forgetTranscodes(db, videoId),
  ...forgetContent(db, videoId),
];

/**
 * Whether `eraseContent` would find something. One statement instead of its many, for the second purge of each video, which
 * nearly always finds nothing. Plan: one look into an index of each table.
 */
export async function hasContent(db: Catalog, videoId: string): Promise<boolean> {
  const ofVideo = TABLES.map(
    (table) => sql`EXISTS (SELECT 1 FROM ${sql.identifier(table)} WHERE video_id = ${videoId})`,
  );
  const named = sql`EXISTS (SELECT 1 FROM videos WHERE id = ${videoId} AND title <> '')`;
  const file = sql`EXISTS (SELECT 1 FROM uploads WHERE video_id = ${videoId} AND filename <> '')`;
  const link = sql`EXISTS (SELECT 1 FROM upload_links WHERE video_id = ${videoId} AND url <> '')`;
  const row = await db.get<{ found: number }>(
    sql`SELECT ${sql.join([...ofVideo, named, file, link], sql` OR `)} AS found`,
  );
  return row.found === 1;
}
