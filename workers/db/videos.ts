import { and, asc, eq, getTableColumns, gt, inArray, isNull, lt, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { z } from "zod";
import type { VideoPatch } from "../contract/video.ts";
import { user } from "./auth-schema.ts";
import { REQUIRED_STAGES } from "../domain/task-order.ts";
import type { Catalog, Statement } from "./client.ts";
import { enqueueEvent } from "./outbox.ts";
import { videoRevocation } from "./revocations.ts";
import { captions, tasks, transcodes, uploadParts, uploads, videos } from "./schema.ts";
import { cancelTranscodes } from "./transcodes.ts";

export type VideoRow = typeof videos.$inferSelect;

/** Columns of lists: without those that only the work behind a video needs, since every column costs, row by row. */
const {
  sourceKey: _key,
  sourceBytes: _bytes,
  contentType: _type,
  publication: _publication,
  publicationClaimed: _claimed,
  revision: _revision,
  posterAt: _posterAt,
  indexedViews: _indexedViews,
  popularity: _popularity,
  purgedAt: _purgedAt,
  ...SHOWN
} = getTableColumns(videos);

/** A row of a list. */
export type ShownRow = Pick<VideoRow, keyof typeof SHOWN>;

/** What is known of a video beside its own row. */
export interface VideoExtras {
  creatorName: string;
  captionLanguages: string[];
  /** 0 to 1; null when nothing is being transcoded. */
  progress: number | null;
}

const Languages = z.array(z.string());

/** Ids as one bound parameter, since a statement has a hundred. */
const idsIn = (ids: Iterable<string>) =>
  sql`(select value from json_each(${JSON.stringify([...ids])}))`;

/** The row of a video, deleted or not; null when there is none. */
export async function findVideo(db: Catalog, id: string): Promise<VideoRow | null> {
  return (await db.select().from(videos).where(eq(videos.id, id)).get()) ?? null;
}

/** Rows of the videos that exist, in the order of the ids. */
export async function findVideos(db: Catalog, ids: readonly string[]): Promise<VideoRow[]> {
  const rows = await db
    .select()
    .from(videos)
    .where(sql`${videos.id} in ${idsIn(ids)}`);
  return inOrderOf(ids, rows);
}

const isListedRow = and(
  eq(videos.visibility, "public"),
  inArray(videos.state, ["playable", "ready"]),
  isNull(videos.deletedAt),
);

/** Ids of videos that anyone may find, in order, after one of them. */
export async function listedIds(db: Catalog, after: string, limit: number): Promise<string[]> {
  const rows = await db
    .select({ id: videos.id })
    .from(videos)
    .where(and(gt(videos.id, after), isListedRow))
    .orderBy(asc(videos.id))
    .limit(limit);
  return rows.map((row) => row.id);
}

export const countListed = (db: Catalog): Promise<number> => db.$count(videos, isListedRow);

/** A column of the row that is being read: in a selected expression drizzle would leave its table's name out. */
const own = (column: SQLiteColumn) => sql`${column}`;

const EXTRAS = {
  creatorName: sql<
    string | null
  >`(select ${user.name} from ${user} where ${user.id} = ${own(videos.ownerId)})`,
  captionLanguages:
    sql`(select json_group_array(language) from (select ${captions.language} as language
    from ${captions} where ${captions.videoId} = ${own(videos.id)} order by language))`.mapWith(
      (json: string) => Languages.parse(JSON.parse(json)),
    ),
  // Later stages are extras (second codec, downloads): the video is ready without them.
  progress: sql<number | null>`case when ${own(videos.state)} in ('processing', 'playable') then
    (select avg(case when ${tasks.state} = 'done' then 1 else ${tasks.progress} end) from ${tasks}
      where ${tasks.videoId} = ${own(videos.id)} and ${tasks.version} = ${own(videos.version)}
        and ${inArray(tasks.stage, REQUIRED_STAGES)}) end`,
};

/** What lists show beside the rows: creators' names, caption languages, progress. One statement. */
export async function videoExtras(
  db: Catalog,
  rows: readonly Pick<VideoRow, "id">[],
): Promise<Map<string, VideoExtras>> {
  if (rows.length === 0) return new Map();
  const found = await db
    .select({ id: videos.id, ...EXTRAS })
    .from(videos)
    .where(sql`${videos.id} in ${idsIn(rows.map((row) => row.id))}`);
  return new Map(found.map((row) => [row.id, toExtras(row)]));
}

/** Rows of the videos that exist, in the order of the ids, with what lists show beside them. One statement. */
export async function findVideosWithExtras(
  db: Catalog,
  ids: readonly string[],
): Promise<{ rows: ShownRow[]; extras: Map<string, VideoExtras> }> {
  if (ids.length === 0) return { rows: [], extras: new Map() };
  const found = await db
    .select({ ...SHOWN, ...EXTRAS })
    .from(videos)
    .where(sql`${videos.id} in ${idsIn(ids)}`);
  return {
    rows: inOrderOf(ids, found),
    extras: new Map(found.map((row) => [row.id, toExtras(row)])),
  };
}

const toExtras = (
  row: Omit<VideoExtras, "creatorName"> & { creatorName: string | null },
): VideoExtras => ({
  creatorName: row.creatorName ?? "",
  captionLanguages: row.captionLanguages,
  progress: row.progress,
});

const inOrderOf = <Row extends { id: string }>(
  ids: readonly string[],
  rows: readonly Row[],
): Row[] => {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
};

/**
 * Statements for what its creator changes of a video; the search index and the files to download follow
 * through the outbox. A video that becomes public while it can be watched is published now, unless it was before. `encrypted` stays as it is once a
 * transcode has begun.
 */
export function changeStatements(
  db: Catalog,
  id: string,
  patch: VideoPatch,
  now: number,
): Statement[] {
  const { encrypted, ...rest } = patch;
  const visibility = patch.visibility === undefined ? videos.visibility : sql`${patch.visibility}`;
  return [
    db
      .update(videos)
      .set({
        ...rest,
        ...(encrypted !== undefined && {
          encrypted: sql`case when state in ('uploading', 'failed') then ${Number(encrypted)} else encrypted end`,
        }),
        publishedAt: sql`case when published_at is null and ${visibility} = 'public' and state in ('playable', 'ready')
          then ${now} else published_at end`,
        updatedAt: now,
        revision: sql`revision + 1`,
      })
      .where(and(eq(videos.id, id), isNull(videos.deletedAt))),
    enqueueEvent(db, { kind: "index-video", videoId: id }, now),
    ...(patch.downloadsEnabled === undefined
      ? []
      : [enqueueEvent(db, { kind: "sync-downloads", videoId: id }, now)]),
    ...(patch.visibility === "private" || patch.playbackRules ? videoRevocation(db, id, now) : []),
  ];
}

/** Statements that take a video away from everyone at once; the purge of what it stored follows through the outbox. */
export const deletionStatements = (db: Catalog, id: string, now = Date.now()): Statement[] => [
  db
    .update(videos)
    .set({ deletedAt: now, updatedAt: now, revision: sql`revision + 1` })
    .where(and(eq(videos.id, id), isNull(videos.deletedAt))),
  cancelTranscodes(db, id, now),
  enqueueEvent(db, { kind: "index-video", videoId: id }, now),
  enqueueEvent(db, { kind: "purge-video", videoId: id }, now),
  ...videoRevocation(db, id, now),
];

/** Ids of deleted videos that may have left something in storage, the longest deleted first. */
export async function unpurgedVideos(
  db: Catalog,
  deletedBefore: number,
  limit: number,
): Promise<string[]> {
  const rows = await db
    .select({ id: videos.id })
    .from(videos)
    .where(and(lt(videos.deletedAt, deletedBefore), isNull(videos.purgedAt)))
    .orderBy(asc(videos.deletedAt))
    .limit(limit);
  return rows.map((row) => row.id);
}

export async function markPurged(db: Catalog, id: string, now: number): Promise<void> {
  await db.update(videos).set({ purgedAt: now }).where(eq(videos.id, id));
}

/**
 * Statements that forget what a deleted video was about. The bare row stays, so that its id means nothing else and
 * whatever still runs finds it deleted.
 */
export const forgetContent = (db: Catalog, id: string): Statement[] => [
  db.delete(captions).where(eq(captions.videoId, id)),
  db
    .delete(uploadParts)
    .where(sql`${uploadParts.uploadId} in (select id from uploads where video_id = ${id})`),
  // Whatever copy of its segments is left somewhere stays unreadable.
  db.update(transcodes).set({ contentKey: null }).where(eq(transcodes.videoId, id)),
  db.update(uploads).set({ filename: "" }).where(eq(uploads.videoId, id)),
  db
    .update(videos)
    .set({
      title: "",
      description: "",
      tags: [],
      people: [],
      sourceKey: null,
      sourceBytes: 0,
      posterPath: null,
    })
    .where(eq(videos.id, id)),
];
