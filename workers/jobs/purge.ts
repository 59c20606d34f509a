import { catalog, runBatch } from "../db/client.ts";
import { forgetTranscodes } from "../db/transcoding/transcodes.ts";
import { findVideo, forgetContent, markPurged, unpurgedVideos } from "../db/videos.ts";
import { captionsPrefix, sourcesPrefix, videoPrefix } from "../media/storage-keys.ts";
import { deletePrefix } from "../media/objects.ts";
import { freeUploads } from "./expire.ts";

/** No attempt's token is good for longer. Milliseconds. */
const GRACE_MS = 3_600_000;
const VIDEOS_PER_RUN = 10;

/** Removes every object of a deleted video, the record of its transcodes, and what its creator wrote. A video that lives is left alone. */
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
 * Purges once more what was deleted an hour ago: an attempt that had not noticed may have gone on storing, and a
 * message may have been lost. After that nobody can write there any more.
 */
export async function purgeLeftovers(env: Env, now: number): Promise<void> {
  const db = catalog(env);
  for (const id of await unpurgedVideos(db, now - GRACE_MS, VIDEOS_PER_RUN)) {
    await purgeVideo(env, id);
    await markPurged(db, id, now);
  }
}
