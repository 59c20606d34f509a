import { getTableColumns, inArray, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { z } from "zod";
import { spokenLanguage } from "../domain/captions/caption-languages.ts";
import { hasDialogue, trackOf } from "../domain/captions/caption-tracks.ts";
import { STORAGE_PROBLEMS } from "../domain/storage-problems.ts";
import { REQUIRED_STAGES } from "../domain/tasks/task-order.ts";
import { user } from "./accounts/auth-schema.ts";
import { type Catalog, idsIn } from "./client.ts";
import { encodeUsage } from "./runner-schema.ts";
import { captions, videos } from "./schema.ts";
import { tasks } from "./transcoding-schema.ts";
import { inOrderOf, type VideoRow } from "./videos.ts";

/** Columns that lists show. D1 pays for every column of every row, so those for internal use are left out. */
const {
  sourceKey: _key,
  sourceBytes: _bytes,
  contentType: _type,
  fingerprint: _fingerprint,
  publication: _publication,
  publicationClaimed: _claimed,
  revision: _revision,
  posterAt: _posterAt,
  uploadedPoster: _uploadedPoster,
  chapters: _chapters,
  ownChapters: _ownChapters,
  indexedViews: _indexedViews,
  popularity: _popularity,
  erasedAt: _erasedAt,
  purgedAt: _purgedAt,
  ...SHOWN
} = getTableColumns(videos);

/** A row of a list. */
export type ShownRow = Pick<VideoRow, keyof typeof SHOWN>;

/** The data that lists show about a video beyond its own row. */
export interface VideoExtras {
  creatorName: string;
  captionLanguages: string[];
  /** 0 to 1; null when nothing is being transcoded. */
  progress: number | null;
  /** Until when its tasks wait, because the creator's encoding time of the day is used up. */
  heldUntil: number | null;
  /** The uploaded file, and what of the video was lost; for its creator. */
  stored: StoredSource | null;
  /** It is scheduled, and its page shown before. */
  premiere: boolean;
}

const StoredSource = z.object({
  bytes: z.number(),
  sha256: z.string().nullable(),
  checkedAt: z.number().nullable(),
  problem: z.enum(STORAGE_PROBLEMS).nullable(),
  /** How often the video was encoded again because objects were lost. */
  repairs: z.number(),
});
type StoredSource = z.infer<typeof StoredSource>;

const Languages = z.array(z.string());

/** A column of the outer row: in a selected expression drizzle would leave out the name of its table. */
const outer = (column: SQLiteColumn) => sql`${column}`;

const EXTRAS = {
  creatorName: sql<string | null>`(
    SELECT ${user.name} FROM ${user} WHERE ${user.id} = ${outer(videos.ownerId)})`,
  captionLanguages: sql`(
    SELECT json_group_array(language) FROM (
      SELECT ${captions.language} AS language FROM ${captions}
      WHERE ${captions.videoId} = ${outer(videos.id)} ORDER BY language))`.mapWith((json: string) =>
    Languages.parse(JSON.parse(json)),
  ),
  stored: sql`
    CASE WHEN ${outer(videos.sourceKey)} IS NOT NULL THEN (
      SELECT json_object('bytes', ${outer(videos.sourceBytes)}, 'sha256', source_sha256,
        'checkedAt', source_checked_at, 'problem', problem, 'repairs', coalesce(repairs, 0))
      FROM (SELECT 1) LEFT JOIN storage_checks ON video_id = ${outer(videos.id)}) END`.mapWith(
    (json: string) => StoredSource.parse(JSON.parse(json)),
  ),
  premiere: sql`
    CASE WHEN ${outer(videos.publishAt)} IS NOT NULL THEN EXISTS (
      SELECT 1 FROM premieres WHERE video_id = ${outer(videos.id)}) ELSE 0 END`.mapWith(Boolean),
  progress: sql<number | null>`
    CASE WHEN ${outer(videos.state)} IN ('processing', 'playable') THEN (
      SELECT avg(CASE WHEN ${tasks.state} = 'done' THEN 1 ELSE ${tasks.progress} END) FROM ${tasks}
      WHERE ${tasks.videoId} = ${outer(videos.id)} AND ${tasks.version} = ${outer(videos.version)}
        AND ${inArray(tasks.stage, REQUIRED_STAGES)}) END`,
  heldUntil: sql<number | null>`
    CASE WHEN ${outer(videos.state)} IN ('queued', 'processing', 'playable') THEN (
      SELECT ${encodeUsage.heldUntil} FROM ${encodeUsage}
      WHERE ${encodeUsage.ownerId} = ${outer(videos.ownerId)}) END`,
};

/** Query of the extras of these videos. */
export function extrasQuery(db: Catalog, ids: readonly string[]) {
  return db
    .select({ id: videos.id, ...EXTRAS })
    .from(videos)
    .where(sql`${videos.id} IN ${idsIn(ids)}`);
}

/** Creators' names, caption languages and progress by video id. One statement. */
export async function videoExtras(
  db: Catalog,
  rows: readonly Pick<VideoRow, "id">[],
): Promise<Map<string, VideoExtras>> {
  if (rows.length === 0) return new Map();
  const found = await extrasQuery(
    db,
    rows.map((row) => row.id),
  );
  return new Map(found.map((row) => [row.id, toExtras(row)]));
}

/** Rows of the videos that exist, in the order of the ids, with their extras by id. One statement. */
export async function findVideosWithExtras(
  db: Catalog,
  ids: readonly string[],
): Promise<{ rows: ShownRow[]; extras: Map<string, VideoExtras> }> {
  if (ids.length === 0) return { rows: [], extras: new Map() };
  const found = await db
    .select({ ...SHOWN, ...EXTRAS })
    .from(videos)
    .where(sql`${videos.id} IN ${idsIn(ids)}`);
  return {
    rows: inOrderOf(ids, found),
    extras: new Map(found.map((row) => [row.id, toExtras(row)])),
  };
}

/** The query's result, for services. */
export function toExtras(
  row: Omit<VideoExtras, "creatorName"> & { creatorName: string | null },
): VideoExtras {
  return {
    creatorName: row.creatorName ?? "",
    captionLanguages: [
      ...new Set(
        row.captionLanguages
          .map(trackOf)
          .filter(hasDialogue)
          .map(({ language }) => spokenLanguage(language).spoken),
      ),
    ],
    progress: row.progress,
    heldUntil: row.heldUntil,
    stored: row.stored ?? null,
    premiere: row.premiere,
  };
}
