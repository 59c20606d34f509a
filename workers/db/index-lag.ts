import { and, asc, eq, getTableColumns, gt, isNull, lt, sql } from "drizzle-orm";
import type { Catalog } from "./client.ts";
import { videos, whereViewsOutdated } from "./schema.ts";
import type { VideoRow } from "./videos.ts";

/** What of CATALOG the search index may not know yet. */

const { id, updatedAt, revision, visibility, state, deletedAt } = getTableColumns(videos);
/** What tells whether the index is right about a video. */
const COMPARED = { id, updatedAt, revision, visibility, state, deletedAt };
export type ComparedRow = Pick<VideoRow, keyof typeof COMPARED>;

/** Videos that changed after one of them, the longest unchanged first. */
export const changedAfter = (
  db: Catalog,
  after: { updatedAt: number; id: string },
  before: number,
  limit: number,
) =>
  db
    .select(COMPARED)
    .from(videos)
    .where(
      and(
        sql`(${videos.updatedAt}, ${videos.id}) > (${after.updatedAt}, ${after.id})`,
        lt(videos.updatedAt, before),
      ),
    )
    .orderBy(asc(videos.updatedAt), asc(videos.id))
    .limit(limit);

/** Videos in order of their ids, after one of them, be they listed or not. */
export const comparedAfter = (db: Catalog, after: string, limit: number) =>
  db.select(COMPARED).from(videos).where(gt(videos.id, after)).orderBy(asc(videos.id)).limit(limit);

/** Lets the index see an account's videos again: the cron takes them a bounded number at a time (jobs/repair-index.ts). */
export async function markChanged(db: Catalog, ownerId: string, now: number): Promise<void> {
  await db
    .update(videos)
    .set({ revision: sql`revision + 1`, updatedAt: now })
    .where(and(eq(videos.ownerId, ownerId), isNull(videos.deletedAt)));
}

/** Ids of listed videos that have many more views than the index knows. */
export const viewsOutdated = (db: Catalog, limit: number) =>
  db
    .select({ id: videos.id })
    .from(videos)
    .where(whereViewsOutdated)
    .orderBy(asc(videos.id))
    .limit(limit);

/** Whether there are more than so many of these. */
export async function areViewsOutdated(db: Catalog, most: number): Promise<boolean> {
  const ids = db
    .select({ id: videos.id })
    .from(videos)
    .where(whereViewsOutdated)
    .limit(most + 1);
  return (await db.$count(ids.as("outdated"))) > most;
}

/** Remembers the views that the index has been told of. @param rows as they were when it was told */
export async function saveIndexedViews(db: Catalog, rows: readonly VideoRow[]): Promise<void> {
  const told = rows.filter((row) => row.views !== row.indexedViews);
  if (told.length === 0) return;
  const views = JSON.stringify(told.map((row) => [row.id, row.views]));
  await db.run(
    sql`update ${videos} set indexed_views = told.value ->> 1 from json_each(${views}) told
      where ${videos.id} = told.value ->> 0`,
  );
}
