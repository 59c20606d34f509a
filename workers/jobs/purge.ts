import { catalog, runBatch } from "../db/client.ts";
import { forgetTranscodes } from "../db/transcodes.ts";
import { findVideo } from "../db/videos.ts";
import { captionsPrefix, sourcesPrefix, videoPrefix } from "../media/keys.ts";
import { deletePrefix } from "../media/objects.ts";

/** Removes every object of a deleted video, and the record of its transcodes. A video that lives is left alone. */
export async function purgeVideo(env: Env, videoId: string): Promise<void> {
  const db = catalog(env);
  const video = await findVideo(db, videoId);
  if (video && video.deletedAt === null) return;
  for (const prefix of [videoPrefix(videoId), sourcesPrefix(videoId), captionsPrefix(videoId)]) {
    await deletePrefix(env, prefix);
  }
  await runBatch(db, forgetTranscodes(db, videoId));
}
