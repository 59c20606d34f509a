import { catalog, runBatch } from "../db/client.ts";
import { forgetTranscodes } from "../db/transcoding/transcodes.ts";
import { findVideo, forgetContent, markPurged, unpurgedVideos } from "../db/videos.ts";
import { captionsPrefix, sourcesPrefix, videoPrefix } from "../media/storage-keys.ts";
import { deletePrefix } from "../media/objects.ts";
import { freeUploads } from "./expire.ts";

/** No attempt's token is valid for longer. */
const GRACE_MS = 3_600_000;
const VIDEOS_PER_RUN = 10;

/** Removes every object of a deleted video, the rows of its transcodes, and its texts. Does nothing unless it is deleted. */
export async function purgeVideo(env: Env, videoId: string): Promise<void> {
  const db = catalog(env);
  const video = await findVideo(db, videoId);
  if (video && video.deletedAt === null) return;
  await freeUploads(env, videoId);
  for (const prefix of [videoPrefix(videoId), sourcesPrefix(videoId), captionsPrefix(videoId)]) {
    await deletePrefix(env, prefix);
  }
  await runBatch(db, [...forgetTranscodes(db, videoId), ...forgetContent(db, videoId)]);
}

/**
 * Purges videos again that were deleted an hour ago: the message may have been lost, or an attempt may have stored
 * something after the purge. No token that could write there is valid any more.
 */
export async function purgeLeftovers(env: Env, now: number): Promise<void> {
  const db = catalog(env);
  for (const id of await unpurgedVideos(db, now - GRACE_MS, VIDEOS_PER_RUN)) {
    await purgeVideo(env, id);
    await markPurged(db, id, now);
  }
}
