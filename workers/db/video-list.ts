import { and, desc, eq, gt, inArray, isNull, type SQL, sql } from "drizzle-orm";
import type { MaturityLimit } from "../contract/maturity-ratings.ts";
import type { VideoSort } from "../contract/video-sorts.ts";
import { ratingsWithin } from "../domain/maturity.ts";
import { type Catalog, idsIn } from "./client.ts";
import { whereListed, whereRated, videos } from "./schema.ts";
import type { VideoRow } from "./videos.ts";

/** The sort value and id of a page's last row. */
export type Position = [value: string | number, id: string];

export interface VideoFilter {
  /** `public`: listed videos; `own`: all videos of the owner. */
  scope: "public" | "own";
  ownerId?: string | undefined;
  state?: VideoRow["state"] | undefined;
  visibility?: VideoRow["visibility"] | undefined;
  category?: string | undefined;
  /** The highest rating that the list may have; null for any. */
  maturityLimit: MaturityLimit | null;
  /** Milliseconds since the epoch; the second is excluded. */
  created?: readonly [from: number | undefined, to: number | undefined];
  /** Only these. */
  ids?: readonly string[];
  /** Only videos that failed, have lost something, or were hidden by a moderator. */
  hasProblem?: boolean;
}

/** Listed videos that a maturity limit leaves. */
function listedWithin(limit: MaturityLimit | null): SQL {
  return limit === null
    ? whereListed
    : sql`${whereRated} AND ${inArray(videos.maturityRating, ratingsWithin(limit))}`;
}

/** The columns needed from the last row of a page. */
type SortedRow = Pick<
  VideoRow,
  "id" | "title" | "views" | "createdAt" | "publishedAt" | "duration" | "sourceBytes"
>;

interface Order {
  column: SQL;
  valueOf: (row: SortedRow) => string | number;
}

const BY_TITLE: Order = {
  column: sql`${videos.title} COLLATE NOCASE`,
  valueOf: (row) => row.title,
};
const BY_VIEWS: Order = { column: sql`${videos.views}`, valueOf: (row) => row.views };
const BY_CREATION: Order = { column: sql`${videos.createdAt}`, valueOf: (row) => row.createdAt };
const BY_PUBLICATION: Order = {
  column: sql`${videos.publishedAt}`,
  valueOf: (row) => row.publishedAt ?? 0,
};
const BY_DURATION: Order = {
  // The text of its index.
  column: sql`CASE WHEN ${videos.duration} IS NULL THEN 0 ELSE ${videos.duration} END`,
  valueOf: (row) => row.duration ?? 0,
};
const BY_SIZE: Order = { column: sql`${videos.sourceBytes}`, valueOf: (row) => row.sourceBytes };

/** The public list goes by the time of publication, an owner's list by the time of creation. */
function orderOf(scope: VideoFilter["scope"], sort: VideoSort): Order {
  switch (sort) {
    case "title":
    case "title-desc":
      return BY_TITLE;
    case "popular":
    case "least-viewed":
      return BY_VIEWS;
    case "longest":
    case "shortest":
      return BY_DURATION;
    case "largest":
    case "smallest":
      return BY_SIZE;
    default:
      return scope === "own" ? BY_CREATION : BY_PUBLICATION;
  }
}

const ASCENDING: ReadonlySet<VideoSort> = new Set([
  "oldest",
  "title",
  "least-viewed",
  "shortest",
  "smallest",
]);

export function positionOf(row: SortedRow, scope: VideoFilter["scope"], sort: VideoSort): Position {
  return [orderOf(scope, sort).valueOf(row), row.id];
}

/** The row number: every index ends with it, so ordering rows with equal values by it is free. */
const ROW_NUMBER = sql.raw("videos.rowid");

/** Number of the row of a video. */
const rowNumberOf = (id: string): SQL =>
  sql`(SELECT place.rowid FROM videos AS place WHERE place.id = ${id})`;

const HAS_PROBLEM = sql`(
  ${videos.state} = 'failed' OR ${videos.hiddenAt} IS NOT NULL OR EXISTS (
    SELECT 1 FROM storage_checks WHERE video_id = videos.id AND problem IS NOT NULL))`;

/** The unary plus keeps SQLite from using the index of this condition: the list walks the index of its order. */
function ownConditions(
  { created: [from, to] = [undefined, undefined], ids, hasProblem }: VideoFilter,
  order: Order,
): (SQL | undefined)[] {
  const createdAt = order === BY_CREATION ? sql`${videos.createdAt}` : sql`+${videos.createdAt}`;
  return [
    from === undefined ? undefined : sql`${createdAt} >= ${from}`,
    to === undefined ? undefined : sql`${createdAt} < ${to}`,
    ids && sql`+${videos.id} IN ${idsIn(ids)}`,
    hasProblem ? HAS_PROBLEM : undefined,
  ];
}

/** The conditions and the order of a page after a position. */
function pageAfter(filter: VideoFilter, sort: VideoSort, after: Position | null) {
  const order = orderOf(filter.scope, sort);
  const { column } = order;
  const [beyond, direction] = ASCENDING.has(sort) ? [sql`>`, sql`ASC`] : [sql`<`, sql`DESC`];
  const conditions: (SQL | undefined)[] = [
    filter.scope === "public" ? listedWithin(filter.maturityLimit) : isNull(videos.deletedAt),
    filter.scope === "own" && filter.maturityLimit !== null
      ? inArray(videos.maturityRating, ratingsWithin(filter.maturityLimit))
      : undefined,
    filter.ownerId === undefined ? undefined : eq(videos.ownerId, filter.ownerId),
    filter.state && eq(videos.state, filter.state),
    filter.visibility && eq(videos.visibility, filter.visibility),
    filter.category === undefined ? undefined : eq(videos.category, filter.category),
    ...ownConditions(filter, order),
    // SQLite can start walking an index on an expression at a single value, but not at a row value: without the first
    // condition it would read all previous pages.
    after
      ? sql`${column} ${beyond}= ${after[0]}
          AND (${column}, ${ROW_NUMBER}) ${beyond} (${after[0]}, ${rowNumberOf(after[1])})`
      : undefined,
  ];
  return {
    where: and(...conditions),
    orderBy: [sql`${column} ${direction}`, sql`${ROW_NUMBER} ${direction}`],
  };
}

/**
 * A page of rows after a position, ordered by the sort value and then by row, so that rows with equal values are neither
 * skipped nor repeated. Every list walks one index of `videos` (video-list.test.ts). For one account's videos, all
 * filters are checked row by row. With a maturity limit, a list walks the rated videos.
 */
export function listVideos(
  db: Catalog,
  filter: VideoFilter,
  sort: VideoSort,
  after: Position | null,
  limit: number,
) {
  const { where, orderBy } = pageAfter(filter, sort, after);
  return db
    .select()
    .from(videos)
    .where(where)
    .orderBy(...orderBy)
    .limit(limit);
}

/** Like `listVideos`, with only the texts that a query is compared with. */
export function listTitles(
  db: Catalog,
  filter: VideoFilter,
  sort: VideoSort,
  after: Position | null,
  limit: number,
) {
  const { where, orderBy } = pageAfter(filter, sort, after);
  const { id, title, tags, views, createdAt, publishedAt, duration, sourceBytes } = videos;
  return db
    .select({ id, title, tags, views, createdAt, publishedAt, duration, sourceBytes })
    .from(videos)
    .where(where)
    .orderBy(...orderBy)
    .limit(limit);
}

/** Listed videos by popularity: recent views count more than older ones. */
export function popularNow(db: Catalog, maturityLimit: MaturityLimit | null, limit: number) {
  return db
    .select()
    .from(videos)
    .where(and(listedWithin(maturityLimit), gt(videos.popularity, 0)))
    .orderBy(desc(videos.popularity), sql`${ROW_NUMBER} DESC`)
    .limit(limit);
}

/** Which of these videos are listed, and within a maturity limit. */
export async function listedAmong(
  db: Catalog,
  ids: readonly string[],
  maturityLimit: MaturityLimit | null,
): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await db
    .select({ id: videos.id })
    .from(videos)
    .where(
      and(
        sql`${videos.id} IN ${idsIn(ids)}`,
        // The unary plus makes SQLite look the videos up by id, rather than by an index of a list or of states.
        sql`+${videos.visibility} = 'public' AND +${videos.state} IN ('playable', 'ready')
          AND ${videos.deletedAt} IS NULL`,
        maturityLimit === null
          ? undefined
          : sql`+${inArray(videos.maturityRating, ratingsWithin(maturityLimit))}`,
      ),
    );
  return new Set(rows.map((row) => row.id));
}
