import { catalog } from "../../db/client.ts";
import { statementsLeft } from "../../db/statement-count.ts";
import { areViewsOutdated } from "../../db/index-lag.ts";
import { deleteOldPicks } from "../../db/popular-searches.ts";
import { mergeIndex } from "../../db/search/merge.ts";
import {
  beginRebuild,
  releaseLease,
  finishRebuild,
  isRebuildRequested,
  requestRebuild,
  saveRebuild,
  acquireLease,
} from "../../db/search/rebuild.ts";
import { readState, type Rebuild } from "../../db/search/index-state.ts";
import { countEver, listedIds } from "../../db/videos.ts";
import { auditIndex } from "./audit-index.ts";
import { log } from "../../log.ts";
import { indexEach } from "./index-video.ts";
import {
  lastTried,
  MAX_INDEX_ATTEMPTS,
  refreshViews,
  repairIndex,
  retrySkipped,
  skip,
} from "./repair-index.ts";

const PICK_RETENTION_MS = 30 * 86_400_000;

type IndexEnv = Pick<Env, "CATALOG" | "SEARCH" | "MEDIA">;

/** Each step is one transaction of the index, of as many statements for many videos as for one. */
const VIDEOS_PER_STEP = 500;
/** A cron run starts no new step after this time. It has a cron of its own, every second minute. */
const RUN_BUDGET_MS = 45_000;
/** More than a step takes, for any number of videos. */
const STATEMENTS_PER_STEP = 80;
/** Longer than a run takes, so that the lease expires only if a run has died. */
const LEASE_MS = 5 * 60_000;
/** If more videos than this have outdated views at the full hour, the cron cannot keep up and rebuilds the index. */
const MAX_OUTDATED_VIEWS = 10_000;

/**
 * The cron's work for search: repairs missed changes, audits some videos, deletes old picks once per hour, and
 * continues a rebuild that has been requested or started. The old index answers until the new one is complete.
 */
export async function maintainIndex(env: IndexEnv, now = Date.now()): Promise<void> {
  const until = now + LEASE_MS;
  if (!(await acquireLease(env, now, until))) return;
  try {
    await runSteps(env, now);
  } finally {
    await releaseLease(env, until);
  }
}

async function runSteps(env: IndexEnv, now: number): Promise<void> {
  const start = Date.now();
  // Each step may start until this share of the budget is used.
  const untilDone = async (share: number, step: () => Promise<boolean>) => {
    while (
      Date.now() < start + share * RUN_BUDGET_MS &&
      statementsLeft() >= STATEMENTS_PER_STEP &&
      !(await step())
    );
  };
  await untilDone(0.25, () => repairIndex(env, now));
  await untilDone(0.25, () => retrySkipped(env, now));
  await untilDone(0.5, () => refreshViews(env));
  const { rebuild } = await readState(env);
  const isFullHour = new Date(now).getUTCMinutes() === 0;
  if (isFullHour) await deleteOldPicks(catalog(env), now - PICK_RETENTION_MS);
  if (!rebuild) {
    const isBehind = isFullHour && (await areViewsOutdated(catalog(env), MAX_OUTDATED_VIEWS));
    if ((await auditIndex(env, now)) || isBehind) await requestRebuild(env);
    if (!(await isRebuildRequested(env))) return;
    await beginRebuild(env, await countEver(catalog(env)));
  }
  await untilDone(1, () => rebuildStep(env));
}

/**
 * Indexes the next videos in order of their ids; after the last one, merges and activates the new index. Videos that fail are
 * tried again by the next runs and skipped after MAX_INDEX_ATTEMPTS.
 * @returns true if the rebuild is done, waits, or is continued by another run
 */
export async function rebuildStep(
  env: IndexEnv,
  now = Date.now(),
  videos = VIDEOS_PER_STEP,
): Promise<boolean> {
  const { rebuild } = await readState(env);
  if (!rebuild) return true;
  const ids = await listedIds(catalog(env), rebuild.after, videos);
  if (ids.length === 0) return completeRebuild(env, rebuild);
  const failed = await indexEach(env, ids, [rebuild.side]);
  const attempts = rebuild.attempts + 1;
  if (failed.length > 0 && attempts < MAX_INDEX_ATTEMPTS) {
    await saveRebuild(env, rebuild, { ...rebuild, attempts });
    log("search.waiting", { failed: failed.length, attempts });
    return true;
  }
  await skip(env, failed, now);
  const after = lastTried(ids, failed) ?? rebuild.after;
  const progress = {
    ...rebuild,
    after,
    done: rebuild.done + ids.indexOf(after) + 1,
    attempts: 0,
    skipped: rebuild.skipped + failed.length,
  };
  if (!(await saveRebuild(env, rebuild, progress))) return true;
  log("search.rebuild", { done: progress.done, total: progress.total, skipped: progress.skipped });
  return failed.length > 0;
}

/** After the last video: merges the new index and then activates it. @returns true if it is active */
async function completeRebuild(env: IndexEnv, rebuild: Rebuild): Promise<boolean> {
  if (await mergeIndex(env, rebuild.side)) return false;
  await finishRebuild(env, rebuild);
  log("search.rebuilt", {
    videos: rebuild.done,
    skipped: rebuild.skipped,
    seconds: (Date.now() - rebuild.startedAt) / 1000,
  });
  return true;
}
