import { and, asc, count, eq, isNull, lt, sql } from "drizzle-orm";
import type { Catalog } from "./client.ts";
import { videos, whereViewsOutdated } from "./schema.ts";
import type { VideoRow } from "./videos.ts";

/** What of CATALOG the search index may not know yet. */

/** Videos that changed after one of them, the longest unchanged first. */
export function changedAfter(
  db: Catalog,
  { updatedAt, id }: { updatedAt: number; id: string },
  before: number,
  limit: number,
) {
  const { revision, visibility, state, deletedAt } = videos;
  return db
    .select({ id: videos.id, updatedAt: videos.updatedAt, revision, visibility, state, deletedAt })
    .from(videos)
    .where(
      and(
        sql`(${videos.updatedAt}, ${videos.id}) > (${updatedAt}, ${id})`,
        lt(videos.updatedAt, before),
      ),
    )
    .orderBy(asc(videos.updatedAt), asc(videos.id))
    .limit(limit);
}

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

export async function countViewsOutdated(db: Catalog): Promise<number> {
  const row = await db.select({ n: count() }).from(videos).where(whereViewsOutdated).get();
  return row?.n ?? 0;
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
