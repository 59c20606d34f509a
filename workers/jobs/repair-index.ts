import { listCaptions } from "../db/captions.ts";
import { catalog } from "../db/client.ts";
import { changedAfter, type ComparedRow, viewsOutdated } from "../db/index-lag.ts";
import { heldVideos, readCompared, saveCompared } from "../db/search/compare.ts";
import { dueSkipped, forgetSkipped, putSkipped } from "../db/search/skipped.ts";
import { isListed } from "../domain/videos.ts";
import { log } from "../log.ts";
import { indexEach, OUTAGE, stampOf } from "./index-video.ts";

type IndexEnv = Pick<Env, "CATALOG" | "SEARCH" | "MEDIA">;

/** Changes of one comparison. */
const COMPARED = 500;
/** A change younger than this many milliseconds is still on its own way through the queue. */
const UNDER_WAY = 60_000;
/** So far back the first comparison goes. */
const FIRST_LOOK = 86_400_000;
/** Videos told of their views at once. */
const REFRESHED = 100;
/** Runs of the cron, one a minute, that wait for what fails: a database that is away comes back, a damaged video does not. */
export const PATIENCE = 10;
/** What was skipped is tried again after so many milliseconds. */
const RETRY = 3_600_000;

/**
 * Compares the next changes of CATALOG with the index, and indexes again what it missed: a message was lost, or none was
 * sent. The place is kept, so that no change is left out while the cron stands still, or while what failed may yet succeed.
 * @returns true when all are compared that can be
 */
export async function repairIndex(env: IndexEnv, now: number): Promise<boolean> {
  const after = (await readCompared(env)) ?? { updatedAt: now - FIRST_LOOK, id: "", attempts: 0 };
  const changed = await changedAfter(catalog(env), after, now - UNDER_WAY, COMPARED);
  if (changed.length === 0) return true;
  const failed = await repair(env, await missedAmong(env, changed));
  const attempts = after.attempts + 1;
  if (failed.length > 0 && attempts < PATIENCE) {
    await saveCompared(env, { ...after, attempts });
    return true;
  }
  await skip(env, failed, now);
  const id = lastTried(
    changed.map((row) => row.id),
    failed,
  );
  const last = changed.find((row) => row.id === id);
  if (last) await saveCompared(env, { updatedAt: last.updatedAt, id: last.id, attempts: 0 });
  return failed.length > 0 || changed.length < COMPARED;
}

/** Ids of those that the index holds otherwise than CATALOG, be it their captions only. */
export async function missedAmong(env: IndexEnv, rows: readonly ComparedRow[]): Promise<string[]> {
  const ids = rows.map((row) => row.id);
  const [held, captions] = await Promise.all([
    heldVideos(env, ids),
    listCaptions(catalog(env), ids),
  ]);
  const tracks = Map.groupBy(captions, (track) => track.videoId);
  const isRight = (row: ComparedRow): boolean => {
    const has = held.get(row.id);
    if (!isListed(row)) return has === undefined;
    return has?.revision === row.revision && has.stamp === stampOf(tracks.get(row.id) ?? []);
  };
  return rows.filter((row) => !isRight(row)).map((row) => row.id);
}

/** @returns ids of those that failed, as `indexEach` */
export async function repair(env: IndexEnv, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const failed = await indexEach(env, ids);
  log("search.repaired", { videos: ids.length, failed: failed.length });
  return failed;
}

/** Leaves aside what has failed for long: it must not hold up all others. `retrySkipped` takes it up. */
export async function skip(env: IndexEnv, ids: readonly string[], now: number): Promise<void> {
  await putSkipped(env, ids, now + RETRY);
  if (ids.length > 0) log("search.skipped", { videos: ids.length, ids });
}

/** The last of those that were given to `indexEach` that it has tried. */
export const lastTried = (ids: readonly string[], failed: readonly string[]): string | undefined =>
  (failed.length < OUTAGE ? ids : failed).at(-1);

/** Tries again what was skipped, each video once an hour. @returns true when none is left that is due */
export async function retrySkipped(env: IndexEnv, now: number): Promise<boolean> {
  // No more than all are tried, though each fails.
  const ids = await dueSkipped(env, now, OUTAGE);
  const failed = new Set(await repair(env, ids));
  await forgetSkipped(
    env,
    ids.filter((id) => !failed.has(id)),
  );
  await putSkipped(env, [...failed], now + RETRY);
  return ids.length < OUTAGE;
}

/** Tells the index of videos that are watched much more than it knows. @returns true when all are told */
export async function refreshViews(env: IndexEnv): Promise<boolean> {
  const outdated = await viewsOutdated(catalog(env), REFRESHED);
  const failed = await indexEach(
    env,
    outdated.map((video) => video.id),
  );
  return failed.length > 0 || outdated.length < REFRESHED;
}
