import { catalog, runBatch } from "../db/client.ts";
import { addLateTasks, forgetDownloads, getTranscode } from "../db/transcoding/transcodes.ts";
import { downloadTaskIds } from "../db/transcoding/tasks.ts";
import { findVideo } from "../db/videos.ts";
import { downloadTasks } from "../domain/downloads.ts";
import { planSettings } from "../domain/plan-settings.ts";
import { offersDownloads } from "../domain/videos.ts";
import { filesPrefix } from "../media/storage-keys.ts";
import { deletePrefix } from "../media/objects.ts";
import { relayOutbox } from "../services/outbox.ts";

/**
 * Brings a video's files to download in line with what its creator chose: makes those that are missing, or removes
 * all that there are. Looks at the choice as it stands now, so that repeated and late messages do no harm. Before the
 * plan there is nothing to do: it sends this message again.
 */
export async function syncDownloads(env: Env, videoId: string): Promise<void> {
  const db = catalog(env);
  const video = await findVideo(db, videoId);
  if (!video || video.deletedAt !== null) return;
  const transcode = await getTranscode(db, { videoId, version: video.version });
  if (!transcode?.plan || transcode.state === "failed") return;
  const now = Date.now();
  if (offersDownloads(video)) {
    const planned = downloadTasks(transcode.plan, video.title, planSettings(env));
    await runBatch(db, addLateTasks(db, transcode, planned, now));
    return relayOutbox(env);
  }
  const jobs = await downloadTaskIds(db, transcode);
  if (jobs.length === 0) return;
  await runBatch(db, forgetDownloads(db, transcode, now));
  for (const { id } of jobs) await deletePrefix(env, filesPrefix(videoId, video.version, id));
}
