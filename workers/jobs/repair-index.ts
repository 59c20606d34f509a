import { catalog } from "../db/client.ts";
import { changedAfter, viewsOutdated } from "../db/index-lag.ts";
import { indexedRevisions, readCompared, saveCompared } from "../db/search/rebuild.ts";
import { isListed } from "../domain/videos.ts";
import { log } from "./context.ts";
import { indexWhatCan } from "./index-video.ts";

type IndexEnv = Pick<Env, "CATALOG" | "SEARCH" | "MEDIA">;

/** Changes of one comparison. */
const COMPARED = 500;
/** A change younger than this many milliseconds is still on its own way through the queue. */
const UNDER_WAY = 60_000;
/** So far back the first comparison goes. */
const FIRST_LOOK = 86_400_000;
/** Videos told of their views at once. */
const REFRESHED = 100;

/**
 * Compares the next changes of CATALOG with the index, and indexes again what it missed: a message was lost, or none was
 * sent. The place is kept, so that no change is left out while the cron stands still. @returns true when all are compared
 */
export async function repairIndex(env: IndexEnv, now: number): Promise<boolean> {
  const after = (await readCompared(env)) ?? { updatedAt: now - FIRST_LOOK, id: "" };
  const changed = await changedAfter(catalog(env), after, now - UNDER_WAY, COMPARED);
  const last = changed.at(-1);
  if (!last) return true;
  const indexed = await indexedRevisions(
    env,
    changed.map((row) => row.id),
  );
  const missed = changed.filter(
    (row) => indexed.get(row.id) !== (isListed(row) ? row.revision : undefined),
  );
  if (missed.length > 0) {
    await indexWhatCan(
      env,
      missed.map((row) => row.id),
    );
    log("search.repaired", { videos: missed.length });
  }
  await saveCompared(env, { updatedAt: last.updatedAt, id: last.id });
  return changed.length < COMPARED;
}

/** Tells the index of videos that are watched much more than it knows. @returns true when all are told */
export async function refreshViews(env: IndexEnv): Promise<boolean> {
  const outdated = await viewsOutdated(catalog(env), REFRESHED);
  await indexWhatCan(
    env,
    outdated.map((video) => video.id),
  );
  return outdated.length < REFRESHED;
}
