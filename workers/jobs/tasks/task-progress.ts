import type { ProgressReport } from "../../contract/runner-api.ts";
import { rowsChanged, runBatch } from "../../db/client.ts";
import { reportProgress, reportSegments } from "../../db/transcoding/reports.ts";
import type { StoredOutputs, Task } from "../../db/transcoding/tasks.ts";
import { changeVideo, publishedNow } from "../../db/videos.ts";
import { log } from "../../log.ts";
import { observe } from "../../count.ts";
import { hasFirstSegments } from "../../media/publication.ts";
import { relayOutbox } from "../../services/outbox.ts";
import { loadPublication } from "../../services/publications.ts";
import type { JobContext } from "../job-context.ts";

/**
 * Records how far a running attempt is and the segments that can already be watched, and renews its lease.
 * @param task as this attempt holds it
 * @returns false when the attempt has lost its task
 */
export async function storeProgress(
  context: JobContext,
  task: Task,
  { ratio, outputs }: ProgressReport,
  now: number,
): Promise<boolean> {
  const stored = storedSoFar(task, outputs);
  if (stored === null) return reportProgress(context.db, task, ratio, now);
  const reported = await reportSegments(context.db, task, ratio, stored, now);
  if (reported === null) return false;
  const before = partialOf(task);
  const isAwaited = Object.keys(stored).some((rendition) => !(rendition in before));
  if (isAwaited && reported.mayBePlayable)
    await announcePlayable(context, task).catch((error: unknown) =>
      log("task.follow-up-failed", { id: task.id, error }),
    );
  return true;
}

/** The earlier reports of this attempt. */
function partialOf({ attempt, partial }: Task): StoredOutputs {
  return partial?.attempt === attempt ? partial.outputs : {};
}

/**
 * The segments of this attempt together with the new ones; null if nothing changes. Later chunks count only when they
 * are complete, so theirs are not recorded. A rendition never has less than viewers have already been shown.
 */
function storedSoFar(task: Task, reported: StoredOutputs): StoredOutputs | null {
  const shown = task.partial?.outputs ?? {};
  const news = Object.entries(reported).filter(
    ([rendition, { firstSegment, segments }]) =>
      firstSegment === 0 && segments.length >= (shown[rendition]?.segments.length ?? 0),
  );
  return news.length === 0 ? null : { ...partialOf(task), ...Object.fromEntries(news) };
}

/**
 * Makes a video `playable` once the first segments of one video rendition and of the default audio are stored. Call it
 * if `mayBePlayable` is true.
 */
export async function announcePlayable(
  { db, env }: JobContext,
  task: Pick<Task, "videoId" | "version" | "spec" | "since">,
): Promise<void> {
  if (!startsVideo(task)) return;
  const loaded = await loadPublication(db, task.videoId, task.version, true);
  if (!loaded || !hasFirstSegments(loaded.plan, loaded.publication)) return;
  const now = Date.now();
  const change = { state: "playable" as const, publishedAt: publishedNow(now) };
  const [changed] = await runBatch(db, changeVideo(db, task, ["processing"], change, now));
  if (rowsChanged(changed) > 0) observe("playable.ms", {}, now - task.since);
  await relayOutbox(env);
}

const startsVideo = ({ spec }: Pick<Task, "spec">): boolean =>
  spec.kind === "audio" || (spec.kind === "video" && spec.firstSegment === 0);
