import { and, asc, eq, getTableColumns, gt, isNull, lt, sql } from "drizzle-orm";
import type { Catalog } from "./client.ts";
import { videos, whereViewsOutdated } from "./schema.ts";
import type { VideoRow } from "./videos.ts";

/** Videos of CATALOG that the search index may not have in their current state. */

const { id, updatedAt, revision, visibility, state, deletedAt } = getTableColumns(videos);
/** The columns that tell whether a video needs to be in the index, and in which revision. */
const COMPARED_COLUMNS = { id, updatedAt, revision, visibility, state, deletedAt };
export type ComparedRow = Pick<VideoRow, keyof typeof COMPARED_COLUMNS>;

/** Videos that changed after a position in the order of changes and before a time, earliest first. */
export function changedAfter(
  db: Catalog,
  after: { updatedAt: number; id: string },
  before: number,
  limit: number,
) {
  return db
    .select(COMPARED_COLUMNS)
    .from(videos)
    .where(
      and(
        sql`(${videos.updatedAt}, ${videos.id}) > (${after.updatedAt}, ${after.id})`,
        lt(videos.updatedAt, before),
      ),
    )
    .orderBy(asc(videos.updatedAt), asc(videos.id))
    .limit(limit);
}

/** Videos after an id, in order of their ids, whether listed or not. */
export function comparedAfter(db: Catalog, after: string, limit: number) {
  return db
    .select(COMPARED_COLUMNS)
    .from(videos)
    .where(gt(videos.id, after))
    .orderBy(asc(videos.id))
    .limit(limit);
}

/** Makes the cron index an account's videos again, a bounded number at a time (jobs/search/repair-index.ts). */
export async function markVideosChanged(db: Catalog, ownerId: string, now: number): Promise<void> {
  await db
    .update(videos)
    .set({ revision: sql`revision + 1`, updatedAt: now })
    .where(and(eq(videos.ownerId, ownerId), isNull(videos.deletedAt)));
}

/** Ids of listed videos with many more views than the index has. */
export function viewsOutdated(db: Catalog, limit: number) {
  return db
    .select({ id: videos.id })
    .from(videos)
    .where(whereViewsOutdated)
    .orderBy(asc(videos.id))
    .limit(limit);
}

/** Whether there are more than `max` of these videos. */
export async function areViewsOutdated(db: Catalog, max: number): Promise<boolean> {
  const ids = db
    .select({ id: videos.id })
    .from(videos)
    .where(whereViewsOutdated)
    .limit(max + 1);
  return (await db.$count(ids.as("outdated"))) > max;
}

/** Saves the numbers of views that the index now has. @param rows as they were when the index was written */
export async function saveIndexedViews(db: Catalog, rows: readonly VideoRow[]): Promise<void> {
  const changed = rows.filter((row) => row.views !== row.indexedViews);
  if (changed.length === 0) return;
  const views = JSON.stringify(changed.map((row) => [row.id, row.views]));
  await db.run(
    sql`update ${videos} set indexed_views = v.value ->> 1 from json_each(${views}) v
      where ${videos.id} = v.value ->> 0`,
  );
}
