import { catalog, runBatch } from "../db/client.ts";
import { forgetTranscodes } from "../db/transcodes.ts";
import { findVideo, forgetContent } from "../db/videos.ts";
import { captionsPrefix, sourcesPrefix, videoPrefix } from "../media/keys.ts";
import { deletePrefix } from "../media/objects.ts";
import { freeUploads } from "./expire.ts";

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
