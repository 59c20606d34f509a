import type { TaskRetryResult } from "../contract/task-retry.ts";
import { type Catalog, catalog, runBatch } from "../db/client.ts";
import { reviveDead, transcodesWithDead } from "../db/transcoding/dead-tasks.ts";
import { findVideos } from "../db/videos.ts";
import { failedVideoIds } from "../db/work.ts";
import { type Principal, signedIn } from "../domain/principal.ts";
import { log } from "../log.ts";
import { retryWork } from "./videos.ts";

type RetryEnv = Parameters<typeof retryWork>[0];

const VIDEOS_PER_REQUEST = 50;
/** One that starts over takes more statements, and much more work. */
const FAILED_VIDEOS_PER_REQUEST = 10;

/**
 * Retries everything that failed with one error, once its cause is fixed: dead tasks of videos that can be watched, and
 * failed videos, which start over. The caller relays the outbox.
 */
export async function retryByCode(
  env: RetryEnv,
  principal: Principal,
  code: string,
  now = Date.now(),
): Promise<TaskRetryResult> {
  const db = catalog(env);
  const transcodes = await transcodesWithDead(db, code, VIDEOS_PER_REQUEST);
  await runBatch(
    db,
    transcodes.flatMap((transcode) => reviveDead(db, transcode, now)),
  );
  const failed = await startOver(env, db, code);
  const videos = transcodes.length + failed;
  if (videos > 0) log("task.retried", { code, videos, by: signedIn(principal).userId });
  const isComplete = transcodes.length < VIDEOS_PER_REQUEST && failed < FAILED_VIDEOS_PER_REQUEST;
  return { videos, isComplete };
}

/** @returns how many videos are transcoded again */
async function startOver(env: RetryEnv, db: Catalog, code: string): Promise<number> {
  const ids = await failedVideoIds(db, code, FAILED_VIDEOS_PER_REQUEST);
  for (const video of await findVideos(db, ids)) await retryWork(env, video);
  return ids.length;
}
