import { and, inArray, sql } from "drizzle-orm";
import type { MaturityLimit } from "../contract/maturity-ratings.ts";
import { ratingsWithin } from "../domain/maturity.ts";
import type { Catalog } from "./client.ts";
import { videos, whereListed } from "./schema.ts";

/**
 * Listed videos of one page of the sitemap. Each page has an equal range of row numbers, so a video stays on its page,
 * and reading a page costs at most as many rows as it can list.
 * @param page from 0 on
 */
export function sitemapVideos(
  db: Catalog,
  maturityLimit: MaturityLimit | null,
  page: number,
  rowsPerPage: number,
) {
  const first = page * rowsPerPage + 1;
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
        sql`videos.rowid BETWEEN ${first} AND ${first + rowsPerPage - 1}`,
        whereListed,
        maturityLimit === null
          ? undefined
          : inArray(videos.maturityRating, ratingsWithin(maturityLimit)),
      ),
    )
    .orderBy(sql`videos.rowid`);
}
export type SitemapRow = Awaited<ReturnType<typeof sitemapVideos>>[number];
