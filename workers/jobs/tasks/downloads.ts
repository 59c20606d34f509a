import { catalog, runBatch } from "../../db/client.ts";
import { addLateTasks, forgetDownloads, getTranscode } from "../../db/transcoding/transcodes.ts";
import { downloadTaskIds } from "../../db/transcoding/tasks.ts";
import { findVideo } from "../../db/videos.ts";
import { downloadTasks } from "../../domain/downloads.ts";
import { planSettings } from "../../domain/tasks/plan-settings.ts";
import { offersDownloads } from "../../domain/videos.ts";
import { filesPrefix } from "../../media/storage-keys.ts";
import { deletePrefix } from "../../media/objects.ts";
import { readTaskArchive } from "../../media/task-archive.ts";
import { relayOutbox } from "../../services/outbox.ts";

/**
 * Creates the missing downloads of a video if its creator offers them, and removes all of them if not. It uses the current
 * setting, so repeated and late messages do no harm. Before the plan there is nothing to do: the plan sends the message again.
 */
export async function syncDownloads(env: Env, videoId: string): Promise<void> {
  const db = catalog(env);
  const video = await findVideo(db, videoId);
  if (!video || video.deletedAt !== null) return;
  const transcode = await getTranscode(db, { videoId, version: video.version });
  if (!transcode?.plan || transcode.state === "failed") return;
  const now = Date.now();
  if (offersDownloads(video)) {
    // Earlier encodes for them have no rows any more, so they would not be recognised by name.
    const ended = new Set((await readTaskArchive(env, transcode)).map(({ name }) => name));
    const planned = downloadTasks(transcode.plan, video.title, planSettings(env));
    const missing = planned.filter(({ name }) => !ended.has(name));
    await runBatch(db, addLateTasks(db, transcode, missing, now));
    return relayOutbox(env);
  }
  const downloads = await downloadTaskIds(db, transcode);
  if (downloads.length === 0) return;
  await runBatch(db, forgetDownloads(db, transcode, now));
  for (const { id } of downloads) await deletePrefix(env, filesPrefix(videoId, video.version, id));
}
