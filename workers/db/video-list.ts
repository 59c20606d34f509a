import { and, desc, eq, gt, isNull, type SQL, sql } from "drizzle-orm";
import type { VideoListQuery } from "../contract/videos.ts";
import type { Catalog } from "./client.ts";
import { whereListed, videos } from "./schema.ts";
import type { VideoRow } from "./videos.ts";

type Sort = VideoListQuery["sort"];

/** The sort value and id of a page's last row. */
export type Position = [value: string | number, id: string];

export interface VideoFilter {
  /** `public`: what anyone may list; `own`: everything that the owner has. */
  scope: "public" | "own";
  ownerId?: string | undefined;
  state?: VideoRow["state"] | undefined;
  visibility?: VideoRow["visibility"] | undefined;
  category?: string | undefined;
}

/** What a list is ordered by: when a video was published, or for its owner when it was made. */
const sortColumn = (scope: VideoFilter["scope"], sort: Sort): SQL => {
  if (sort === "title") return sql`${videos.title} collate nocase`;
  if (sort === "popular") return sql`${videos.views}`;
  return scope === "own" ? sql`${videos.createdAt}` : sql`${videos.publishedAt}`;
};

const ascending = (sort: Sort): boolean => sort === "oldest" || sort === "title";

export function positionOf(row: VideoRow, scope: VideoFilter["scope"], sort: Sort): Position {
  if (sort === "title") return [row.title, row.id];
  if (sort === "popular") return [row.views, row.id];
  return [(scope === "own" ? row.createdAt : row.publishedAt) ?? 0, row.id];
}

/** A page of rows after a position: by the sort value, then by id, so that equal values split nowhere. */
export function listVideos(
  db: Catalog,
  filter: VideoFilter,
  sort: Sort,
  after: Position | null,
  limit: number,
) {
  const column = sortColumn(filter.scope, sort);
  const [beyond, direction] = ascending(sort) ? [sql`>`, sql`asc`] : [sql`<`, sql`desc`];
  const conditions: (SQL | undefined)[] = [
    filter.scope === "public" ? whereListed : isNull(videos.deletedAt),
    filter.ownerId === undefined ? undefined : eq(videos.ownerId, filter.ownerId),
    filter.state && eq(videos.state, filter.state),
    filter.visibility && eq(videos.visibility, filter.visibility),
    filter.category === undefined ? undefined : eq(videos.category, filter.category),
    after ? sql`(${column}, ${videos.id}) ${beyond} (${after[0]}, ${after[1]})` : undefined,
  ];
  return db
    .select()
    .from(videos)
    .where(and(...conditions))
    .orderBy(sql`${column} ${direction}`, sql`${videos.id} ${direction}`)
    .limit(limit);
}

/** Listed videos that are watched most now, older views counting less. */
export const popularNow = (db: Catalog, limit: number) =>
  db
    .select()
    .from(videos)
    .where(and(whereListed, gt(videos.popularity, 0)))
    .orderBy(desc(videos.popularity), desc(videos.id))
    .limit(limit);

/** Which of these videos are listed. */
export async function listedAmong(db: Catalog, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await db
    .select({ id: videos.id })
    .from(videos)
    .where(
      and(
        sql`${videos.id} in (select value from json_each(${JSON.stringify(ids)}))`,
        // The unary plus: by their ids, not by the order of a list, nor by their states.
        sql`+${videos.visibility} = 'public' and +${videos.state} in ('playable', 'ready') and ${videos.deletedAt} is null`,
      ),
    );
  return new Set(rows.map((row) => row.id));
}
