import type { PlannedTask } from "../contract/transcodes.ts";
import type { Catalog, Statement } from "../db/client.ts";
import { dropQueued } from "../db/transcoding/add-tasks.ts";
import { addLateTasks, getTranscode } from "../db/transcoding/transcodes.ts";
import type { VideoRow } from "../db/videos.ts";
import { type ChapteredVideo, chaptersOf } from "../domain/chapters.ts";

const FINISH_TASK_PREFIX = "finish with ";

/**
 * Statements that write the final playlists again, because they list the caption tracks and the chapters. It happens in the
 * stage of the extras, not after them, so that it does not wait for their encodes. A video that is not ready has no final
 * playlists.
 * @param what has changed
 */
export async function republish(
  db: Catalog,
  video: VideoRow,
  what: "captions" | "chapters",
  now: number,
): Promise<Statement[]> {
  if (video.state !== "ready") return [];
  const transcode = await getTranscode(db, { videoId: video.id, version: video.version });
  const task: PlannedTask = {
    name: `${FINISH_TASK_PREFIX}${what} ${now}`,
    stage: "extras",
    priority: "blocking",
    spec: { kind: "finish" },
  };
  if (!transcode) return [];
  return [
    // Whatever one of them was added for, the next one publishes it too.
    dropQueued(db, transcode, FINISH_TASK_PREFIX),
    ...addLateTasks(db, transcode, [task], now),
  ];
}

/** Like `republish`, if a change of the video changes its chapters, as a change of its description does. */
export async function republishChapters(
  db: Catalog,
  before: VideoRow,
  after: ChapteredVideo,
  now: number,
): Promise<Statement[]> {
  const [old, shown] = [chaptersOf(before), chaptersOf(after)];
  const isChanged = JSON.stringify(old) !== JSON.stringify(shown);
  return isChanged ? republish(db, before, "chapters", now) : [];
}
