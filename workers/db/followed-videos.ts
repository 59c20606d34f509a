import { and, gt, sql } from "drizzle-orm";
import type { MaturityLimit } from "../contract/maturity-ratings.ts";
import { ratingsWithin } from "../domain/maturity.ts";
import type { Catalog } from "./client.ts";
import { videos, whereListed } from "./schema.ts";

/** Publication time and id of the last video of a page. */
export type FollowedPosition = [publishedAt: number, id: string];

const LAST: FollowedPosition = [Number.MAX_SAFE_INTEGER, ""];

/**
 * The newest listed videos of any number of creators. Plan: for each creator, `limit` rows of the index
 * `videos_listed_owner` from the position on, then the rows themselves by id; with 500 creators and pages of 24, some
 * 12,000 rows of the index at most.
 * @param ownerIds each once
 */
export function newestOfCreators(
  db: Catalog,
  ownerIds: readonly string[],
  maturityLimit: MaturityLimit | null,
  limit: number,
  after: FollowedPosition = LAST,
) {
  return db
    .select()
    .from(videos)
    .where(
      sql`${videos.id} IN (
        SELECT (newest.value) FROM json_each(${JSON.stringify(ownerIds)}) AS creator,
          json_each((
            SELECT json_group_array(id) FROM (
              SELECT id FROM videos
              WHERE owner_id = creator.value AND ${whereListed}
                AND ${maturityLimit === null ? sql`1` : sql`maturity_rating IN ${ratingsWithin(maturityLimit)}`}
                AND (published_at, id) < (${after[0]}, ${after[1]})
              ORDER BY published_at DESC, id DESC LIMIT ${limit}))) AS newest)`,
    )
    .orderBy(sql`published_at DESC, id DESC`)
    .limit(limit);
}

/**
 * The listed ones of some videos that were published after a time. Plan: the primary key, once per id.
 * @param after milliseconds since the epoch
 */
export function publishedSince(
  db: Catalog,
  videoIds: readonly string[],
  after: number,
): Promise<{ id: string; ownerId: string }[]> {
  return db
    .select({ id: videos.id, ownerId: videos.ownerId })
    .from(videos)
    .where(
      and(
        sql`${videos.id} IN (SELECT value FROM json_each(${JSON.stringify(videoIds)}))`,
        whereListed,
        gt(videos.publishedAt, after),
      ),
    );
}
