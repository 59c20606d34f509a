import { catalog } from "../db/client.ts";
import { areViewsOutdated } from "../db/index-lag.ts";
import { forgetPicks } from "../db/popular-searches.ts";
import { mergeIndex } from "../db/search/merge.ts";
import {
  beginRebuild,
  endTurn,
  finishRebuild,
  isRebuildRequested,
  requestRebuild,
  saveRebuild,
  takeTurn,
} from "../db/search/rebuild.ts";
import { readState, type Rebuild } from "../db/search/shards.ts";
import { countListed, listedIds } from "../db/videos.ts";
import { auditIndex } from "./audit-index.ts";
import { log } from "../log.ts";
import { indexEach } from "./index-video.ts";
import {
  lastTried,
  PATIENCE,
  refreshViews,
  repairIndex,
  retrySkipped,
  skip,
} from "./repair-index.ts";

/** Who searched for what is forgotten after 30 days. */
const PICKS_LIFETIME = 30 * 86_400_000;

type IndexEnv = Pick<Env, "CATALOG" | "SEARCH" | "MEDIA">;

/** Videos of one step, each one transaction of the index. */
const STEP = 200;
/** A run of the cron works on the index for so long, in milliseconds, and then a while on what it has begun. */
const BUDGET = 20_000;
const TURN = 5 * 60_000;
/** More videos whose views are outdated than this, at the hour, are more than the cron keeps up with. */
const OUTDATED_VIEWS = 10_000;

/**
 * What the cron does for the search: makes good what the index has missed, looks at some videos whether it has drifted
 * from CATALOG, once an hour forgets old picks, and goes on with a rebuild if one is asked for or under way. The old index
 * answers until the new one is whole.
 */
export async function tendIndex(env: IndexEnv, now = Date.now()): Promise<void> {
  const turn = now + TURN;
  if (!(await takeTurn(env, now, turn))) return;
  try {
    await tend(env, now);
  } finally {
    await endTurn(env, turn);
  }
}

async function tend(env: IndexEnv, now: number): Promise<void> {
  const start = Date.now();
  const untilDone = async (share: number, step: () => Promise<boolean>) => {
    while (Date.now() < start + share * BUDGET && !(await step()));
  };
  await untilDone(0.25, () => repairIndex(env, now));
  await untilDone(0.25, () => retrySkipped(env, now));
  await untilDone(0.5, () => refreshViews(env));
  const { rebuild } = await readState(env);
  const isHour = new Date(now).getUTCMinutes() === 0;
  if (isHour) await forgetPicks(catalog(env), now - PICKS_LIFETIME);
  if (!rebuild) {
    const isBehind = isHour && (await areViewsOutdated(catalog(env), OUTDATED_VIEWS));
    if ((await auditIndex(env, now)) || isBehind) await requestRebuild(env);
    if (!(await isRebuildRequested(env))) return;
    await beginRebuild(env, await countListed(catalog(env)));
  }
  await untilDone(1, () => rebuildStep(env));
}

/**
 * Indexes the next videos in order of their ids; after the last one brings the new index together. What fails is waited for at
 * the same place, and skipped only when it has failed for long.
 * @returns true when the rebuild is done, waits, or goes on elsewhere
 */
export async function rebuildStep(env: IndexEnv, now = Date.now()): Promise<boolean> {
  const { rebuild } = await readState(env);
  if (!rebuild) return true;
  const ids = await listedIds(catalog(env), rebuild.after, STEP);
  if (ids.length === 0) return completeRebuild(env, rebuild);
  const failed = await indexEach(env, ids, [rebuild.slot]);
  const attempts = rebuild.attempts + 1;
  if (failed.length > 0 && attempts < PATIENCE) {
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

/** All videos are in: merges the new index, and in the end lets it answer. @returns true when it does */
async function completeRebuild(env: IndexEnv, rebuild: Rebuild): Promise<boolean> {
  if (await mergeIndex(env, rebuild.slot)) return false;
  await finishRebuild(env, rebuild);
  log("search.rebuilt", {
    videos: rebuild.done,
    skipped: rebuild.skipped,
    seconds: (Date.now() - rebuild.startedAt) / 1000,
  });
  return true;
}
