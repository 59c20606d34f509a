import type { PlannedTask, TaskSpec } from "../../contract/transcodes.ts";
import { runBatch } from "../../db/client.ts";
import { countEndedTime } from "../../db/encode-usage.ts";
import { enqueueEvent } from "../../db/outbox.ts";
import {
  countRepair,
  countRepaired,
  findStorageCheck,
  noteProblem,
  retireVersion,
} from "../../db/storage-checks.ts";
import { addTasks } from "../../db/transcoding/add-tasks.ts";
import { nextVersion, renumberCurrent } from "../../db/transcoding/versions.ts";
import { addLateTasks, forgetDownloads, retryTranscode } from "../../db/transcoding/transcodes.ts";
import { encodeBudgetMs } from "../../domain/tasks/encode-budget.ts";
import { planSettings, planTask } from "../../domain/tasks/plan-settings.ts";
import type { StorageProblem } from "../../domain/storage-problems.ts";
import { log } from "../../log.ts";
import { newContentKey } from "../../media/content-key.ts";
import { putText } from "../../media/objects.ts";
import { ownerKey, uploadedPosterKey } from "../../media/storage-keys.ts";
import { relayOutbox } from "../../services/outbox.ts";
import { tasksOfCurrent } from "../../services/whole-source.ts";
import type { Lost } from "./check-video.ts";
import type { JobContext } from "../job-context.ts";
import type { CheckedVideo } from "./orphans.ts";

type ImagesSpec = Extract<TaskSpec, { kind: "images" }>;

/** A video that loses objects again and again has another problem. */
const MAX_REPAIRS_PER_VIDEO = 3;
/** If more is lost in a day, something is wrong with the storage, and encoding everything again would only cost money. */
const MAX_REPAIRS_PER_DAY = 50;
const DAY_MS = 86_400_000;

/** Recreates lost objects. Losses that cannot be repaired are recorded for the creator. */
export async function repairVideo(
  context: JobContext,
  checked: CheckedVideo,
  lost: Lost,
  now: number,
): Promise<void> {
  const { db, env } = context;
  const { video, transcode } = checked;
  if (lost.owner) await putText(env, ownerKey(video.id), video.ownerId, "text/plain");
  const isReencoded = lost.media !== undefined && (await encodeAgain(context, checked, lost, now));
  await noteProblem(db, video.id, problemOf(lost, isReencoded), now);
  // The new version makes these too.
  if (!isReencoded) {
    const tasks = lateTasks(checked, lost, planSettings(env).limits, now);
    if (tasks.length > 0) await runBatch(db, addLateTasks(db, transcode, tasks, now));
    if (lost.downloads)
      await runBatch(db, [
        ...forgetDownloads(db, transcode, now),
        enqueueEvent(db, { kind: "sync-downloads", videoId: video.id }, now),
      ]);
  }
  await relayOutbox(env);
}

function problemOf(lost: Lost, isReencoded: boolean): StorageProblem | null {
  if (lost.media && !isReencoded) return "media_lost";
  if (lost.source) return "source_lost";
  return lost.captions ? "captions_lost" : null;
}

/** Transcodes the video again from its source, if it has one. @returns whether it does */
async function encodeAgain(
  { db, env }: JobContext,
  { video, transcode }: CheckedVideo,
  lost: Lost,
  now: number,
): Promise<boolean> {
  const { id, ownerId, sourceKey } = video;
  const repairs = (await findStorageCheck(db, id))?.repairs ?? 0;
  if (sourceKey === null || lost.source || repairs >= MAX_REPAIRS_PER_VIDEO) return false;
  if ((await countRepaired(db, now - DAY_MS)) >= MAX_REPAIRS_PER_DAY) return false;
  const contentKey = await newContentKey(env);
  const version = await nextVersion(db, id);
  const edit = await tasksOfCurrent(env, db, video);
  const [first = planTask(planSettings(env), false), ...others] = edit?.tasks ?? [];
  const before = { id, ownerId, version: video.version, contentKey };
  const source = edit?.sourceKey ?? sourceKey;
  await runBatch(db, [
    ...retryTranscode(db, { ...before, sourceKey: source }, first, now, "ready", version),
    ...addTasks(db, { videoId: id, version }, others, now),
    renumberCurrent(db, { videoId: id, version: video.version }, version),
    ...countEndedTime(db, { videoIds: [id] }, encodeBudgetMs(env), now),
    ...retireVersion(db, transcode, now),
    countRepair(db, id, now),
  ]);
  log("storage.repaired", { videoId: id, version, part: "media" });
  return true;
}

function lateTasks(
  checked: CheckedVideo,
  lost: Lost,
  limits: ReturnType<typeof planSettings>["limits"],
  now: number,
): PlannedTask[] {
  const { video, transcode } = checked;
  const tasks: PlannedTask[] = [];
  if (lost.playlists)
    tasks.push({
      name: `finish again, ${now}`,
      stage: "extras",
      priority: "blocking",
      spec: { kind: "finish" },
    });
  if (lost.images && transcode.plan)
    tasks.push({
      name: `images again, ${now}`,
      stage: "extras",
      priority: "images",
      spec: { kind: "images", source: transcode.plan.source, ...posterOf(checked), limits },
    });
  for (const { name } of tasks) log("storage.repaired", { videoId: video.id, task: name });
  return tasks;
}

/** The source of the poster: a frame, or an uploaded picture if it still exists. */
function posterOf({
  video,
  stored,
}: CheckedVideo): Pick<ImagesSpec, "posterAt" | "uploadedPoster"> {
  const { id, posterAt, uploadedPoster } = video;
  const isThere = uploadedPoster !== null && stored.has(uploadedPosterKey(id, uploadedPoster));
  return { posterAt, ...(isThere && { uploadedPoster }) };
}
