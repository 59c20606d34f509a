import { listCaptions } from "../../db/captions.ts";
import { catalog } from "../../db/client.ts";
import { changedAfter, type ComparedRow, viewsOutdated } from "../../db/index-lag.ts";
import { indexedVideos, readComparison, saveComparison } from "../../db/search/compare.ts";
import { dueSkipped, deleteSkipped, putSkipped } from "../../db/search/skipped.ts";
import { isListed } from "../../domain/videos.ts";
import { log } from "../../log.ts";
import { indexEach, MAX_FAILED_VIDEOS, captionStamp } from "./index-video.ts";

type IndexEnv = Pick<Env, "CATALOG" | "SEARCH" | "MEDIA">;

const CHANGES_PER_COMPARISON = 500;
/** The message of a more recent change may still be in the queue. */
const MIN_CHANGE_AGE_MS = 60_000;
/** How far back the first comparison starts. */
const FIRST_COMPARISON_MS = 86_400_000;
const VIDEOS_PER_REFRESH = 100;
/** Cron runs, one per minute, that try a video before it is skipped: a database comes back, a damaged video does not. */
export const MAX_INDEX_ATTEMPTS = 10;
/** Time until a skipped video is tried again. */
const RETRY_DELAY_MS = 3_600_000;

/**
 * Compares the next changes of CATALOG with the index, and indexes the videos that it missed because a message was lost
 * or never sent. The position is stored, so that no change is missed while the cron is down, or while failed videos may
 * still succeed.
 * @returns true if nothing is left to compare in this run
 */
export async function repairIndex(env: IndexEnv, now: number): Promise<boolean> {
  const last = (await readComparison(env)) ?? {
    updatedAt: now - FIRST_COMPARISON_MS,
    id: "",
    attempts: 0,
  };
  const changed = await changedAfter(
    catalog(env),
    last,
    now - MIN_CHANGE_AGE_MS,
    CHANGES_PER_COMPARISON,
  );
  if (changed.length === 0) return true;
  const failed = await repair(env, await staleAmong(env, changed));
  const attempts = last.attempts + 1;
  if (failed.length > 0 && attempts < MAX_INDEX_ATTEMPTS) {
    await saveComparison(env, { ...last, attempts });
    return true;
  }
  await skip(env, failed, now);
  const id = lastTried(
    changed.map((row) => row.id),
    failed,
  );
  const tried = changed.find((row) => row.id === id);
  if (tried) await saveComparison(env, { updatedAt: tried.updatedAt, id: tried.id, attempts: 0 });
  return failed.length > 0 || changed.length < CHANGES_PER_COMPARISON;
}

/** Ids of the videos of which the index differs from CATALOG, even if only in their captions. */
export async function staleAmong(env: IndexEnv, rows: readonly ComparedRow[]): Promise<string[]> {
  const ids = rows.map((row) => row.id);
  const [indexed, captions] = await Promise.all([
    indexedVideos(env, ids),
    listCaptions(catalog(env), ids),
  ]);
  const tracks = Map.groupBy(captions, (track) => track.videoId);
  const isCurrent = (row: ComparedRow): boolean => {
    const video = indexed.get(row.id);
    if (!isListed(row)) return video === undefined;
    return (
      video?.revision === row.revision && video.stamp === captionStamp(tracks.get(row.id) ?? [])
    );
  };
  return rows.filter((row) => !isCurrent(row)).map((row) => row.id);
}

/** Indexes videos again. @returns ids of those that failed, as `indexEach` */
export async function repair(env: IndexEnv, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const failed = await indexEach(env, ids);
  log("search.repaired", { videos: ids.length, failed: failed.length });
  return failed;
}

/** Sets videos aside that failed for long, so that they do not hold up all others, until `retrySkipped` tries them again. */
export async function skip(env: IndexEnv, ids: readonly string[], now: number): Promise<void> {
  await putSkipped(env, ids, now + RETRY_DELAY_MS);
  if (ids.length > 0) log("search.skipped", { videos: ids.length, ids });
}

/** The last id that `indexEach` has tried. @param ids that it was given @param failed that it returned */
export const lastTried = (ids: readonly string[], failed: readonly string[]): string | undefined =>
  (failed.length < MAX_FAILED_VIDEOS ? ids : failed).at(-1);

/** Tries skipped videos again, each once per hour. @returns true if no more are due */
export async function retrySkipped(env: IndexEnv, now: number): Promise<boolean> {
  // With this limit all of them are tried, even if each one fails.
  const ids = await dueSkipped(env, now, MAX_FAILED_VIDEOS);
  const failed = new Set(await repair(env, ids));
  await deleteSkipped(
    env,
    ids.filter((id) => !failed.has(id)),
  );
  await putSkipped(env, [...failed], now + RETRY_DELAY_MS);
  return ids.length < MAX_FAILED_VIDEOS;
}

/** Indexes videos again that have many more views than the index has. @returns true if none is left */
export async function refreshViews(env: IndexEnv): Promise<boolean> {
  const outdated = await viewsOutdated(catalog(env), VIDEOS_PER_REFRESH);
  const failed = await indexEach(
    env,
    outdated.map((video) => video.id),
  );
  return failed.length > 0 || outdated.length < VIDEOS_PER_REFRESH;
}
