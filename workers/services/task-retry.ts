import type { TaskRetryResult } from "../contract/task-retry.ts";
import { catalog, runBatch } from "../db/client.ts";
import { reviveDead, transcodesWithDead } from "../db/transcoding/dead-tasks.ts";

const VIDEOS_PER_REQUEST = 50;

/**
 * Tries the dead tasks of watchable videos again that died of one error, for when its cause is mended: all of the dead
 * tasks of such a video. Videos that failed as a whole are retried by their creators. The caller relays the outbox.
 */
export async function retryByCode(
  env: Pick<Env, "CATALOG">,
  code: string,
  now = Date.now(),
): Promise<TaskRetryResult> {
  const db = catalog(env);
  const transcodes = await transcodesWithDead(db, code, VIDEOS_PER_REQUEST);
  await runBatch(
    db,
    transcodes.flatMap((transcode) => reviveDead(db, transcode, now)),
  );
  return { videos: transcodes.length, isComplete: transcodes.length < VIDEOS_PER_REQUEST };
}
