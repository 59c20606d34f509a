import { and, desc, eq, gt, inArray, isNull, type SQL, sql } from "drizzle-orm";
import type { MaturityLimit } from "../contract/maturity-ratings.ts";
import type { VideoListQuery } from "../contract/videos.ts";
import { ratingsWithin } from "../domain/maturity.ts";
import type { Catalog } from "./client.ts";
import { whereListed, whereRated, videos } from "./schema.ts";
import { idsIn, type VideoRow } from "./videos.ts";

type Sort = VideoListQuery["sort"];

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
}

/** Listed videos that a maturity limit leaves. */
function listedWithin(limit: MaturityLimit | null): SQL {
  return limit === null
    ? whereListed
    : sql`${whereRated} AND ${inArray(videos.maturityRating, ratingsWithin(limit))}`;
}

/** The public list goes by the time of publication, an owner's list by the time of creation. */
function sortColumn(scope: VideoFilter["scope"], sort: Sort): SQL {
  if (sort === "title") return sql`${videos.title} COLLATE NOCASE`;
  if (sort === "popular") return sql`${videos.views}`;
  return scope === "own" ? sql`${videos.createdAt}` : sql`${videos.publishedAt}`;
}

const isAscending = (sort: Sort): boolean => sort === "oldest" || sort === "title";

export function positionOf(row: VideoRow, scope: VideoFilter["scope"], sort: Sort): Position {
  if (sort === "title") return [row.title, row.id];
  if (sort === "popular") return [row.views, row.id];
  return [(scope === "own" ? row.createdAt : row.publishedAt) ?? 0, row.id];
}

/** The number of a row: every index ends with it, so it orders rows with equal values for nothing. */
const ROW_NUMBER = sql.raw("videos.rowid");

/** Number of the row of a video. */
const rowNumberOf = (id: string): SQL =>
  sql`(SELECT place.rowid FROM videos AS place WHERE place.id = ${id})`;

/**
 * A page of rows after a position, ordered by the sort value and then by row, so that rows with equal values are neither
 * skipped nor repeated. Every list walks one index of `videos` (video-list.test.ts). Of one account's videos, the category,
 * the state and the visibility are looked at row by row. With a maturity limit, a list walks the videos that are rated.
 */
export function listVideos(
  db: Catalog,
  filter: VideoFilter,
  sort: Sort,
  after: Position | null,
  limit: number,
) {
  const column = sortColumn(filter.scope, sort);
  const [beyond, direction] = isAscending(sort) ? [sql`>`, sql`ASC`] : [sql`<`, sql`DESC`];
  const conditions: (SQL | undefined)[] = [
    filter.scope === "public" ? listedWithin(filter.maturityLimit) : isNull(videos.deletedAt),
    filter.scope === "own" && filter.maturityLimit !== null
      ? inArray(videos.maturityRating, ratingsWithin(filter.maturityLimit))
      : undefined,
    filter.ownerId === undefined ? undefined : eq(videos.ownerId, filter.ownerId),
    filter.state && eq(videos.state, filter.state),
    filter.visibility && eq(videos.visibility, filter.visibility),
    filter.category === undefined ? undefined : eq(videos.category, filter.category),
    after
      ? sql`(${column}, ${ROW_NUMBER}) ${beyond} (${after[0]}, ${rowNumberOf(after[1])})`
      : undefined,
  ];
  return db
    .select()
    .from(videos)
    .where(and(...conditions))
    .orderBy(sql`${column} ${direction}`, sql`${ROW_NUMBER} ${direction}`)
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
