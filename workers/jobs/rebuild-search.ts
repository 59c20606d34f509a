import { catalog } from "../db/client.ts";
import { countViewsOutdated } from "../db/index-lag.ts";
import { forgetPicks } from "../db/popular-searches.ts";
import { mergeIndex } from "../db/search/merge.ts";
import {
  beginRebuild,
  endTurn,
  finishRebuild,
  indexedVideos,
  isRebuildRequested,
  requestRebuild,
  saveRebuild,
  takeTurn,
} from "../db/search/rebuild.ts";
import { readState } from "../db/search/shards.ts";
import { countListed, listedIds } from "../db/videos.ts";
import { log } from "./context.ts";
import { indexWhatCan } from "./index-video.ts";
import { refreshViews, repairIndex } from "./repair-index.ts";

/** Who searched for what is forgotten after 30 days. */
const PICKS_LIFETIME = 30 * 86_400_000;

type IndexEnv = Pick<Env, "CATALOG" | "SEARCH" | "MEDIA">;

/** Videos of one step, each one transaction of the index. */
const STEP = 200;
/** A run of the cron works on the index for so long, in milliseconds, and then a while on what it has begun. */
const BUDGET = 20_000;
const TURN = 5 * 60_000;
/** A drift below this many videos is the usual lag of updates. */
const TOLERATED_DRIFT = 25;
const TOLERATED_SHARE = 0.01;

/**
 * What the cron does for the search: makes good what the index has missed, once an hour forgets old picks and looks whether
 * the index has drifted from CATALOG, and goes on with a rebuild if one is asked for or under way. The old index answers
 * until the new one is whole.
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
  await untilDone(0.5, () => refreshViews(env));
  const { rebuild } = await readState(env);
  if (new Date(now).getUTCMinutes() === 0) {
    await forgetPicks(catalog(env), now - PICKS_LIFETIME);
    if (!rebuild && (await hasDrifted(env))) await requestRebuild(env);
  }
  if (!rebuild) {
    if (!(await isRebuildRequested(env))) return;
    await beginRebuild(env, await countListed(catalog(env)));
  }
  await untilDone(1, () => rebuildStep(env));
}

/**
 * Indexes the next videos in order of their ids; after the last one brings the new index together. @returns true when the
 * rebuild is done, or goes on elsewhere
 */
export async function rebuildStep(env: IndexEnv): Promise<boolean> {
  const { rebuild } = await readState(env);
  if (!rebuild) return true;
  const ids = await listedIds(catalog(env), rebuild.after, STEP);
  await indexWhatCan(env, ids, [rebuild.slot]);
  const last = ids.at(-1);
  if (last === undefined) {
    if (await mergeIndex(env, rebuild.slot)) return false;
    await finishRebuild(env, rebuild);
    log("search.rebuilt", {
      videos: rebuild.done,
      seconds: (Date.now() - rebuild.startedAt) / 1000,
    });
    return true;
  }
  const progress = { ...rebuild, after: last, done: rebuild.done + ids.length };
  if (!(await saveRebuild(env, rebuild, progress))) return true;
  log("search.rebuild", { done: progress.done, total: progress.total });
  return false;
}

/** Whether the index has many videos too few or too many, or too few views of many. */
async function hasDrifted(env: IndexEnv): Promise<boolean> {
  const db = catalog(env);
  const [listed, indexed, outdated] = await Promise.all([
    countListed(db),
    indexedVideos(env),
    countViewsOutdated(db),
  ]);
  const drift = Math.abs(listed - indexed) + outdated;
  if (drift <= Math.max(TOLERATED_DRIFT, TOLERATED_SHARE * listed)) return false;
  log("search.drift", { listed, indexed, outdated });
  return true;
}
