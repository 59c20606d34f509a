import { catalog } from "../db/client.ts";
import { forgetPicks } from "../db/popular-searches.ts";
import {
  beginRebuild,
  currentRebuild,
  finishRebuild,
  indexedVideos,
  isRebuildRequested,
  type Rebuild,
  requestRebuild,
  saveRebuild,
} from "../db/search/rebuild.ts";
import { mergeIndex } from "../db/search/merge.ts";
import { readState } from "../db/search/shards.ts";
import { countListed, listedIds } from "../db/videos.ts";
import { log } from "./context.ts";
import { indexVideos } from "./index-video.ts";

/** Who searched for what is forgotten after 30 days. */
const PICKS_LIFETIME = 30 * 86_400_000;

type IndexEnv = Pick<Env, "CATALOG" | "SEARCH" | "MEDIA">;

/** Videos of one step, each one transaction of the index. */
const STEP = 200;
/** A run of the cron works on a rebuild for so long, in milliseconds. */
const BUDGET = 20_000;
/** A drift below this many videos is the usual lag of updates. */
const TOLERATED_DRIFT = 25;
const TOLERATED_SHARE = 0.01;

/**
 * What the cron does for the search: once an hour forgets old picks and looks whether the index has drifted from CATALOG,
 * and goes on with a rebuild if one is asked for or under way. The old index answers until the new one is whole.
 */
export async function tendIndex(env: IndexEnv, now = Date.now()): Promise<void> {
  if (new Date(now).getUTCMinutes() === 0) {
    await forgetPicks(catalog(env), now - PICKS_LIFETIME);
    if (await hasDrifted(env)) await requestRebuild(env);
  }
  if (!(await currentRebuild(env))) {
    if (!(await isRebuildRequested(env))) return;
    await beginRebuild(env, await countListed(catalog(env)));
  }
  const end = now + BUDGET;
  while (Date.now() < end && !(await rebuildStep(env)));
}

/**
 * Indexes the next videos in order of their ids; after the last one brings the new index together. @returns true when the
 * rebuild is done
 */
export async function rebuildStep(env: IndexEnv): Promise<boolean> {
  const rebuild = await currentRebuild(env);
  const { building } = await readState(env);
  if (!rebuild || !building) return true;
  const ids = await listedIds(catalog(env), rebuild.after, STEP);
  await indexVideos(env, ids, [building]);
  const last = ids.at(-1);
  if (last === undefined) {
    if (await mergeIndex(env, building)) return false;
    await finishRebuild(env);
    log("search.rebuilt", {
      videos: rebuild.done,
      seconds: (Date.now() - rebuild.startedAt) / 1000,
    });
    return true;
  }
  const progress: Rebuild = { ...rebuild, after: last, done: rebuild.done + ids.length };
  await saveRebuild(env, progress);
  log("search.rebuild", { done: progress.done, total: progress.total });
  return false;
}

async function hasDrifted(env: IndexEnv): Promise<boolean> {
  const [listed, indexed] = await Promise.all([countListed(catalog(env)), indexedVideos(env)]);
  const drift = Math.abs(listed - indexed);
  if (drift <= Math.max(TOLERATED_DRIFT, TOLERATED_SHARE * listed)) return false;
  log("search.drift", { listed, indexed });
  return true;
}
