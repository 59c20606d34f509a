import type { TaskResult } from "../../contract/transcodes.ts";
import { addEmbeddedCaptions } from "../../db/captions.ts";
import type { Statement } from "../../db/client.ts";
import { countEncodeTime } from "../../db/encode-usage.ts";
import { applyPlan } from "../../db/transcoding/outcomes.ts";
import {
  commitMedia,
  commitResult,
  type FinishedMedia,
  type Progressed,
} from "../../db/transcoding/results.ts";
import { addTasks } from "../../db/transcoding/add-tasks.ts";
import { changeSource, getTranscode } from "../../db/transcoding/transcodes.ts";
import { changeVideo } from "../../db/videos.ts";
import { type HeldTask, isPosterOutdated, type Task } from "../../db/transcoding/tasks.ts";
import { encodeBudgetMs } from "../../domain/tasks/encode-budget.ts";
import { planTask } from "../../domain/tasks/plan-settings.ts";
import {
  filesFolder,
  ownerKey,
  remuxedKey,
  uploadedPostersPrefix,
  versionPrefix,
} from "../../media/storage-keys.ts";
import { deleteUnder, putText } from "../../media/objects.ts";
import { noteFacts, noteTracks } from "../../db/transcoding/versions.ts";
import { log } from "../../log.ts";
import type { RunnerContext } from "../job-context.ts";
import { findNextVersion, planNextVersion } from "./next-version.ts";
import { persist } from "./persist.ts";
import { relayOutbox } from "../../services/outbox.ts";
import { announcePlayable } from "./task-progress.ts";
import { editedKey } from "./task-request.ts";
import { wakeRunners } from "./wake.ts";
import { transcriptConsequences } from "./transcripts.ts";
import { runWorkerTasks } from "./worker-tasks.ts";

/**
 * Records the result of a task, with everything that follows from it, in one transaction.
 * @returns false when the attempt had lost its task; nothing is recorded then
 */
export async function applyResult(
  context: RunnerContext,
  task: Task,
  result: TaskResult,
  now: number,
): Promise<boolean> {
  // Only these are read again. Other results live on in the rows that they change.
  const isKept =
    result.kind === "media" ||
    result.kind === "download" ||
    ((result.kind === "remux" || result.kind === "captions") && result.notices !== undefined);
  let hasMessages = false;
  const progressed = await persist(async () => {
    const consequences = await consequencesOf(context, task, result, now);
    hasMessages = consequences.length > 0;
    const [counted] = countEncodeTime(context.db, task, encodeBudgetMs(context.env), now, task);
    const kept = isKept ? result : null;
    return commitResult(context.db, task, consequences, kept, now, counted);
  });
  if (progressed === null) return false;
  if (result.kind === "images") context.defer(forgetPosters(context, task));
  // The new track is published without waiting for the rest of its stage.
  if (result.kind === "transcript") context.defer(relayOutbox(context.env).catch(logLater(task)));
  followLater(context, task, progressed, hasMessages);
  return true;
}

/** Deletes the uploaded pictures that another choice of a poster has replaced: all that are older than this task. */
async function forgetPosters({ db, env }: RunnerContext, task: Task): Promise<void> {
  // The version that plays may have one of them.
  if (await findNextVersion(db, task)) return;
  const prefix = uploadedPostersPrefix(task.videoId);
  const isKept = (key: string) => Number(key.slice(prefix.length)) >= task.createdAt;
  await deleteUnder(env, prefix, isKept).catch(logLater(task));
}

const logLater = (task: Pick<Task, "id">) => (error: unknown) =>
  log("task.follow-up-failed", { id: task.id, error });

/**
 * `applyResult` for a video or audio task, of which nothing needs to be known before.
 * @returns null when this runner has no such task, or not any more
 */
export async function applyMedia(
  context: RunnerContext,
  task: HeldTask,
  result: TaskResult,
  now: number,
): Promise<FinishedMedia | null> {
  const budgetMs = encodeBudgetMs(context.env);
  const finished = await persist(() => commitMedia(context.db, task, result, budgetMs, now));
  if (finished) followLater(context, finished, finished);
  return finished;
}

/** The result is recorded: if anything fails from here on, the sweep repairs it. */
export function followLater(
  context: RunnerContext,
  task: FollowedTask,
  progressed: Progressed,
  hasMessages = false,
): void {
  context.defer(followUp(context, task, progressed, hasMessages).catch(logLater(task)));
}

type FollowedTask = Pick<Task, "id" | "videoId" | "version" | "kind" | "spec" | "since">;

/** Announces what can be watched now, and starts the tasks that the result has made runnable. */
async function followUp(
  context: RunnerContext,
  task: FollowedTask,
  { isLastOfStage, mayBePlayable }: Progressed,
  hasMessages: boolean,
): Promise<void> {
  if (mayBePlayable) await announcePlayable(context, task);
  // A plan adds tasks for runners only.
  if (task.kind === "plan") return wakeRunners(context, Date.now());
  if (!isLastOfStage) return;
  // Done first, because runners wait for it.
  await wakeRunners(context, Date.now());
  // Earlier announcements of this stage waited for this result, or for the first segments, so they are not urgent.
  if (hasMessages) await relayOutbox(context.env);
  // At most one task follows from a result.
  await runWorkerTasks(context, 1);
}

async function consequencesOf(
  context: RunnerContext,
  task: Task,
  result: TaskResult,
  now: number,
): Promise<Statement[]> {
  const { db } = context;
  switch (result.kind) {
    case "plan":
      // The gate needs the owner before anything of the video can be requested.
      await putText(context.env, ownerKey(task.videoId), task.ownerId, "text/plain");
      return (
        (await planNextVersion(db, task, result.plan, now)) ?? applyPlan(db, task, result.plan, now)
      );
    case "remux-first": {
      if (task.spec.kind !== "plan")
        throw new Error(`A ${task.kind} task returned the result of a plan task.`);
      const { settings } = task.spec;
      const spec = {
        kind: "remux" as const,
        demuxer: result.demuxer,
        picture: settings.audioUploads ?? false,
        ...(result.mp4 && { mp4: result.mp4 }),
        limits: settings.limits,
      };
      return addTasks(
        db,
        task,
        [{ name: "remux", stage: "plan", priority: "blocking", spec }, planTask(settings, true)],
        now,
      );
    }
    case "edited":
      return [];
    case "remux": {
      if (result.isUnchanged === true) return [];
      const transcode = await getTranscode(db, task);
      if (!transcode) throw new Error(`Task ${task.id} has no transcode.`);
      if (task.spec.kind === "edit")
        return [
          changeSource(db, task, editedKey(transcode.sourceKey, task), now),
          ...addTasks(db, task, [planTask(task.spec.settings, true)], now),
        ];
      return [
        changeSource(db, task, remuxedKey(transcode.sourceKey, task.version, task.attempt), now),
      ];
    }
    case "images": {
      if (await isPosterOutdated(db, task)) return [];
      // For a later repair, which makes them again.
      const { posterAt, uploadedPoster = null } =
        task.spec.kind === "images" ? task.spec : { posterAt: null, uploadedPoster: undefined };
      const path = (name: string | null) => name && `${filesFolder(task.id, task.attempt)}/${name}`;
      const change = {
        posterPath: path(result.poster),
        storyboardPath: path(result.storyboard),
        previewPath: path(result.preview),
        posterAt,
        uploadedPoster,
      };
      return [
        ...changeVideo(db, task, ["processing", "playable", "ready"], change, now),
        noteFacts(db, task, change),
      ];
    }
    case "captions": {
      const folder = `${versionPrefix(task.videoId, task.version)}${filesFolder(task.id, task.attempt)}/`;
      const tracks = result.tracks.map(({ file, ...track }) => ({ ...track, key: folder + file }));
      if (await findNextVersion(db, task)) return [noteTracks(db, task, tracks, now)];
      return [
        ...addEmbeddedCaptions(db, task.videoId, tracks, now),
        ...changeVideo(db, task, ["processing", "playable", "ready"], {}, now),
      ];
    }
    case "transcript":
      return transcriptConsequences(context, task, result, now);
    case "media":
    case "download":
      return [];
  }
}
