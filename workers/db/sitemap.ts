import { and, asc, sql } from "drizzle-orm";
import type { Catalog } from "./client.ts";
import { videos, whereListed } from "./schema.ts";
import { rowNumberOf } from "./video-list.ts";

/** First video of a sitemap page. */
export interface SitemapStart {
  publishedAt: number;
  id: string;
}

/**
 * The first video of every page of listed videos, the oldest first.
 * @param perPage videos
 */
export async function sitemapStarts(
  db: Catalog,
  perPage: number,
  maxPages: number,
): Promise<SitemapStart[]> {
  // One pass over the index videos_listed_date, as many rows as there are listed videos.
  return db.all<SitemapStart>(sql`
    SELECT published_at AS publishedAt, id
    FROM (
      SELECT published_at, id, row_number() OVER (ORDER BY published_at, rowid) - 1 AS position
      FROM videos WHERE ${whereListed}
    )
    WHERE position % ${perPage} = 0
    ORDER BY position
    LIMIT ${maxPages}`);
}

/** Listed videos from a position on, the oldest first: at most `limit` rows of the index videos_listed_date. */
export function sitemapVideos(db: Catalog, from: SitemapStart | null, limit: number) {
  return db
    .select({
      id: videos.id,
      version: videos.version,
      title: videos.title,
      description: videos.description,
      visibility: videos.visibility,
      state: videos.state,
      deletedAt: videos.deletedAt,
      duration: videos.duration,
      views: videos.views,
      posterPath: videos.posterPath,
      storyboardPath: videos.storyboardPath,
      previewPath: videos.previewPath,
      publishedAt: videos.publishedAt,
      updatedAt: videos.updatedAt,
    })
    .from(videos)
    .where(
      and(
        whereListed,
        from
          ? sql`(${videos.publishedAt}, videos.rowid) >= (${from.publishedAt}, ${rowNumberOf(from.id)})`
          : undefined,
      ),
    )
    .orderBy(asc(videos.publishedAt), sql`videos.rowid`)
    .limit(limit);
}
export type SitemapRow = Awaited<ReturnType<typeof sitemapVideos>>[number];
