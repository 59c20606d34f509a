import { findVersion } from "../../db/transcoding/versions.ts";
import { findVideo } from "../../db/videos.ts";
import { type Transcode, unsweptTranscodes } from "../../db/transcoding/transcodes.ts";
import {
  isPublicationPath,
  remuxedPrefix,
  uploadedSource,
  versionPrefix,
} from "../../media/storage-keys.ts";
import { deleteUnder } from "../../media/objects.ts";
import { log } from "../../log.ts";
import type { StorageContext } from "../job-context.ts";
import { archiveTasks, loadTasks, outputsOf, type VersionTasks } from "./task-archive.ts";
import { covers } from "./task-token.ts";
import { workOff } from "../work-off.ts";

/**
 * Leftovers are kept this long after the transcode has ended. By then no attempt's token is valid, and no player still
 * uses an EVENT playlist that names a segment of an interrupted attempt.
 */
const GRACE_MS = 3_600_000;

/**
 * Removes what attempts that did not count have stored, and everything of a version that failed. Then the rows of the tasks
 * have served their purpose too.
 */
export async function collectLeftovers(context: StorageContext, now: number): Promise<void> {
  await workOff({
    db: context.db,
    step: "leftovers",
    next: (limit) => unsweptTranscodes(context.db, now - GRACE_MS, limit),
    idOf: ({ videoId, version }) => `${videoId}/${version}`,
    handle: async (transcode) => {
      const tasks = await loadTasks(context, transcode);
      const removed = await removeLeftovers(context, transcode, tasks);
      await archiveTasks(context, transcode, tasks, now);
      const { videoId, version } = transcode;
      if (removed > 0) log("transcode.cleaned", { videoId, version, removed });
    },
  });
}

async function removeLeftovers(
  { db, env }: StorageContext,
  transcode: Transcode,
  tasks: VersionTasks,
): Promise<number> {
  const { videoId, version, sourceKey } = transcode;
  const video = await findVideo(db, videoId);
  const isPublished =
    video?.version === version
      ? video.publication > 0
      : (await findVersion(db, transcode))?.state === "kept";
  const paths = outputsOf(tasks, sourceKey);
  const prefix = versionPrefix(videoId, version);
  // Every set of playlists is kept: they are small, and a player may still use an older one.
  const isKept = (key: string) =>
    isPublished && (covers(paths, key) || isPublicationPath(key.slice(prefix.length)));
  const removed = await deleteUnder(env, prefix, isKept);
  const copies = remuxedPrefix(uploadedSource(sourceKey), version);
  return removed + (await deleteUnder(env, copies, (key) => isPublished && key === sourceKey));
}
