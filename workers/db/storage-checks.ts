import { and, asc, eq, gt, inArray, isNull, sql } from "drizzle-orm";
import type { StorageProblem } from "../domain/storage-problems.ts";
import { type Catalog, idsIn, type Statement } from "./client.ts";
import { videos } from "./schema.ts";
import { tasks, transcodes } from "./transcoding-schema.ts";
import { reconciliation, storageChecks } from "./upkeep-schema.ts";
import { tasksOfVersion, type VideoVersion } from "./transcoding/tasks.ts";
import { transcodeOfVersion } from "./transcoding/transcodes.ts";

type StorageCheck = typeof storageChecks.$inferSelect;
export type Reconciliation = typeof reconciliation.$inferSelect;

export async function findStorageCheck(db: Catalog, videoId: string): Promise<StorageCheck | null> {
  return (
    (await db.select().from(storageChecks).where(eq(storageChecks.videoId, videoId)).get()) ?? null
  );
}

function upsert(
  db: Catalog,
  videoId: string,
  change: Omit<Partial<typeof storageChecks.$inferInsert>, "repairs">,
  repairs = 0,
) {
  return db
    .insert(storageChecks)
    .values({ videoId, ...change, repairs })
    .onConflictDoUpdate({
      target: storageChecks.videoId,
      set: { ...change, repairs: sql`repairs + ${repairs}` },
    });
}

export async function noteSourceHash(
  db: Catalog,
  videoId: string,
  sourceSha256: string,
  now: number,
): Promise<void> {
  await upsert(db, videoId, { sourceSha256, sourceCheckedAt: now });
  const isResolved = and(
    eq(storageChecks.videoId, videoId),
    eq(storageChecks.problem, "source_changed"),
  );
  await db.update(storageChecks).set({ problem: null }).where(isResolved);
}

/**
 * @param problem null if nothing is lost any more; `source_changed` stays until the file is read again
 * @param storedBytes of all of its objects; undefined if they were not listed
 */
export async function noteProblem(
  db: Catalog,
  videoId: string,
  problem: StorageProblem | null,
  now: number,
  storedBytes?: number,
): Promise<void> {
  const measured = storedBytes === undefined ? {} : { storedBytes };
  await upsert(db, videoId, { problem, checkedAt: now, ...measured });
}

export async function noteOrphans(
  db: Catalog,
  videoId: string,
  orphansSince: number | null,
): Promise<void> {
  await upsert(db, videoId, { orphansSince });
}

/** Statement that counts a repair. */
export function countRepair(db: Catalog, videoId: string, now: number): Statement {
  return upsert(db, videoId, { checkedAt: now, repairedAt: now }, 1);
}

/** How many videos were encoded again since a time. */
export function countRepaired(db: Catalog, since: number): Promise<number> {
  return db.$count(storageChecks, gt(storageChecks.repairedAt, since)).then(Number);
}

/**
 * Statements that end a version which another one has replaced: none of its tasks runs any more, and its objects are
 * collected after the usual grace.
 */
export function retireVersion(db: Catalog, version: VideoVersion, now: number): Statement[] {
  const isReplaced = sql`EXISTS (
    SELECT 1 FROM videos WHERE id = ${version.videoId} AND version <> ${version.version})`;
  return [
    db
      .update(transcodes)
      .set({ state: "failed", sweptAt: null, updatedAt: now })
      .where(and(transcodeOfVersion(version), isReplaced)),
    db
      .update(tasks)
      .set({ state: "dead", runner: null, leaseUntil: null, finishedAt: now })
      .where(and(tasksOfVersion(version), inArray(tasks.state, ["queued", "running"]), isReplaced)),
  ];
}

/** Ids of the next videos that have objects, in order of their ids. */
export async function storedVideos(db: Catalog, after: string, limit: number): Promise<string[]> {
  const rows = await db
    .select({ id: videos.id })
    .from(videos)
    .where(and(gt(videos.id, after), isNull(videos.erasedAt)))
    .orderBy(asc(videos.id))
    .limit(limit);
  return rows.map((row) => row.id);
}

/** Which of these ids have no video, and which one that was purged. */
export async function unknownAmong(
  db: Catalog,
  ids: readonly string[],
): Promise<{ unknown: string[]; purged: string[] }> {
  const rows = await db
    .select({ id: videos.id, purgedAt: videos.purgedAt })
    .from(videos)
    .where(sql`${videos.id} IN ${idsIn(ids)}`);
  const known = new Set(rows.map(({ id }) => id));
  return {
    unknown: ids.filter((id) => !known.has(id)),
    purged: rows.filter(({ purgedAt }) => purgedAt !== null).map(({ id }) => id),
  };
}

/** Makes the sweep purge videos again. */
export async function purgeAgain(db: Catalog, ids: readonly string[]): Promise<void> {
  if (ids.length > 0)
    await db
      .update(videos)
      .set({ purgedAt: null })
      .where(sql`${videos.id} IN ${idsIn(ids)}`);
}

/** Since when these ids have had objects without a video; those without a time have not been noticed. */
export async function orphansAmong(
  db: Catalog,
  ids: readonly string[],
): Promise<Map<string, number>> {
  const rows = await db
    .select({ id: storageChecks.videoId, since: storageChecks.orphansSince })
    .from(storageChecks)
    .where(sql`${storageChecks.videoId} IN ${idsIn(ids)}`);
  return new Map(rows.flatMap(({ id, since }) => (since === null ? [] : [[id, since]])));
}

/** Notes for all of these ids that they have objects which nothing refers to. */
export async function noteOrphansOf(
  db: Catalog,
  ids: readonly string[],
  since: number,
): Promise<void> {
  await db.run(sql`
    INSERT INTO storage_checks (video_id, orphans_since) SELECT value, ${since} FROM json_each(${JSON.stringify(ids)}) WHERE 1
    ON CONFLICT (video_id) DO UPDATE SET orphans_since = excluded.orphans_since`);
}

export const forgetStorageChecks = (db: Catalog, ids: readonly string[]): Statement =>
  db.delete(storageChecks).where(sql`${storageChecks.videoId} IN ${idsIn(ids)}`);

const ROW = 1;

export async function readReconciliation(db: Catalog): Promise<Reconciliation | null> {
  return (await db.select().from(reconciliation).where(eq(reconciliation.id, ROW)).get()) ?? null;
}

/**
 * Advances the comparison.
 * @param from as it was read; null if there is none yet
 * @returns false if another run has advanced it in the meantime
 */
export async function saveReconciliation(
  db: Catalog,
  from: Reconciliation | null,
  to: Omit<Reconciliation, "id">,
): Promise<boolean> {
  if (from === null) {
    const added = await db
      .insert(reconciliation)
      .values({ ...to, id: ROW })
      .onConflictDoNothing()
      .returning({ id: reconciliation.id });
    return added.length > 0;
  }
  const saved = await db
    .update(reconciliation)
    .set(to)
    .where(
      and(
        eq(reconciliation.id, ROW),
        eq(reconciliation.phase, from.phase),
        eq(reconciliation.cursor, from.cursor),
        eq(reconciliation.quota, from.quota),
      ),
    )
    .returning({ id: reconciliation.id });
  return saved.length > 0;
}
