import { findVideo } from "../db/videos.ts";
import { markSwept, type Transcode, unsweptTranscodes } from "../db/transcoding/transcodes.ts";
import { tasksOf } from "../db/transcoding/tasks.ts";
import {
  isPublicationPath,
  remuxedPrefix,
  uploadedSource,
  versionPrefix,
} from "../media/storage-keys.ts";
import { deleteUnder } from "../media/objects.ts";
import { log } from "../log.ts";
import type { JobContext } from "./context.ts";
import { outputPaths } from "./task-request.ts";
import { covers } from "./task-token.ts";

/**
 * Leftovers are kept this long after the end: no attempt's token is valid any more, and nobody still plays from
 * the EVENT list that named a segment of an attempt that broke off. Milliseconds.
 */
const GRACE_MS = 3_600_000;
const TRANSCODES_PER_RUN = 10;

/** Removes what the attempts that did not count have stored, and everything of a version that failed. */
export async function collectLeftovers(jobs: JobContext, now: number): Promise<void> {
  for (const transcode of await unsweptTranscodes(jobs.db, now - GRACE_MS, TRANSCODES_PER_RUN)) {
    const removed = await removeLeftovers(jobs, transcode);
    await markSwept(jobs.db, transcode, now);
    if (removed > 0)
      log("transcode.cleaned", { videoId: transcode.videoId, version: transcode.version, removed });
  }
}

async function removeLeftovers({ db, env }: JobContext, transcode: Transcode): Promise<number> {
  const { videoId, version, sourceKey } = transcode;
  const rows = await tasksOf(db, transcode);
  const winners = rows.filter((task) => task.state === "done");
  const video = await findVideo(db, videoId);
  const published = video?.version === version && video.publication > 0;
  const paths = winners.flatMap((task) => Object.values(outputPaths(task, sourceKey)));
  const prefix = versionPrefix(videoId, version);
  // Every set of playlists stays: they are small, and a player may hold an older one.
  const isKept = (key: string) =>
    published && (covers(paths, key) || isPublicationPath(key.slice(prefix.length)));
  const media = await deleteUnder(env, prefix, isKept);
  const copies = remuxedPrefix(uploadedSource(sourceKey), version);
  return media + (await deleteUnder(env, copies, (key) => published && key === sourceKey));
}
