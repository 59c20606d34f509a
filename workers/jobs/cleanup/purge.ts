import { binnedBefore, eraseVideos } from "../../db/bin.ts";
import { catalog, runBatch } from "../../db/client.ts";
import { statementsLeft } from "../../db/statement-count.ts";
import { eraseContent, hasContent } from "../../db/erased-content.ts";
import { findVideo, markPurged, unpurgedVideos } from "../../db/videos.ts";
import { retentionMs } from "../../domain/bin.ts";
import { captionsPrefix, sourcesPrefix, videoPrefix } from "../../media/storage-keys.ts";
import { deletePrefix } from "../../media/objects.ts";
import { freeUploads } from "./expire.ts";
import { dropAudience } from "../views/keep-audience.ts";
import { workOff } from "../work-off.ts";

/** No attempt's token is valid for longer. */
const GRACE_MS = 3_600_000;
const ERASURES_PER_BATCH = 100;
/** A batch takes three. */
const MIN_STATEMENTS_LEFT = 3;
/** The next run of the cron continues. */
const ERASURE_BUDGET_MS = 12_000;

/** Removes every object of an erased video, the rows of its transcodes, and its texts. Does nothing unless it is erased. */
export async function purgeVideo(env: Env, videoId: string): Promise<void> {
  const db = catalog(env);
  const video = await findVideo(db, videoId);
  if (video && video.erasedAt === null) return;
  await freeUploads(env, videoId);
  for (const prefix of [videoPrefix(videoId), sourcesPrefix(videoId), captionsPrefix(videoId)]) {
    await deletePrefix(env, prefix);
  }
  if (await hasContent(db, videoId)) await runBatch(db, eraseContent(db, videoId));
  await dropAudience(env, videoId);
}

/**
 * Purges videos again an hour after they were erased: the message may have been lost, or an attempt may have stored
 * something after the purge. By now, no token that could write there is valid.
 */
export async function purgeLeftovers(env: Env, now: number, budgetMs?: number): Promise<void> {
  const db = catalog(env);
  await workOff(
    {
      db,
      step: "purges",
      next: (limit) => unpurgedVideos(db, now - GRACE_MS, limit),
      idOf: (id) => id,
      handle: async (id) => {
        await purgeVideo(env, id);
        await markPurged(db, id, now);
      },
    },
    budgetMs,
  );
}

/** Erases videos that have been in the bin for RETENTION_DAYS; messages purge them. The caller relays the outbox. */
export async function emptyOldBins(
  env: Pick<Env, "CATALOG" | "RETENTION_DAYS">,
  now: number,
): Promise<void> {
  const db = catalog(env);
  const deadline = Date.now() + ERASURE_BUDGET_MS;
  let ids: string[];
  do {
    ids = await binnedBefore(db, now - retentionMs(env), ERASURES_PER_BATCH);
    await runBatch(db, eraseVideos(db, ids, now));
  } while (
    ids.length === ERASURES_PER_BATCH &&
    Date.now() < deadline &&
    statementsLeft() >= MIN_STATEMENTS_LEFT
  );
}
