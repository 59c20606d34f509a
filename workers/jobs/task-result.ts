import type { TaskResult } from "../contract/transcodes.ts";
import { addEmbeddedCaptions } from "../db/captions.ts";
import type { Statement } from "../db/client.ts";
import { applyPlan, commitResult, finishTask } from "../db/transcoding/outcomes.ts";
import { addTasks, changeSource, getTranscode } from "../db/transcoding/transcodes.ts";
import { changeVideo } from "../db/videos.ts";
import { isPosterOutdated, type Task } from "../db/transcoding/tasks.ts";
import { planTask } from "../domain/plan-settings.ts";
import { isLaterStage } from "../domain/task-order.ts";
import { filesFolder, ownerKey, remuxedKey, versionPrefix } from "../media/storage-keys.ts";
import { putText } from "../media/objects.ts";
import { log } from "../log.ts";
import type { JobContext } from "./context.ts";
import { persist } from "./persist.ts";
import { relayOutbox } from "../services/outbox.ts";
import { announcePlayable } from "./task-progress.ts";
import { wakeConsumers } from "./tickets.ts";

/**
 * Records what a task has brought, together with everything that follows from it, in one transaction.
 * @returns false when the attempt no longer held its task: then nothing is recorded
 */
export async function applyResult(
  jobs: JobContext,
  task: Task,
  result: TaskResult,
): Promise<boolean> {
  const now = Date.now();
  // Only media and downloads are read again; the rest lives on where its consequences are.
  const kept = result.kind === "media" || result.kind === "download" ? result : null;
  const recorded = await persist(async () =>
    commitResult(jobs.db, task, [
      ...(await consequences(jobs, task, result, now)),
      ...finishTask(jobs.db, task, kept, now),
    ]),
  );
  // The result is safe: whom nobody tells of it now, the sweep tells.
  if (recorded)
    await tell(jobs, task, result).catch((error: unknown) =>
      log("task.follow-up-failed", { id: task.id, error: String(error) }),
    );
  return recorded;
}

/** Sends what the result has put into the outbox, and wakes consumers when there is more to do now. */
async function tell(jobs: JobContext, task: Task, result: TaskResult): Promise<void> {
  await relayOutbox(jobs.env);
  await announcePlayable(jobs, task);
  const transcode = await getTranscode(jobs.db, task);
  const opened =
    result.kind === "plan" ||
    (transcode?.state === "active" && isLaterStage(transcode.stage, task.stage));
  if (opened) await wakeConsumers(jobs);
}

async function consequences(
  jobs: JobContext,
  task: Task,
  result: TaskResult,
  now: number,
): Promise<Statement[]> {
  const { db } = jobs;
  switch (result.kind) {
    case "plan":
      // Before anything of the film can be asked for.
      await putText(jobs.env, ownerKey(task.videoId), task.ownerId, "text/plain");
      return applyPlan(db, task, result.plan, now);
    case "remux-first": {
      if (task.spec.kind !== "plan")
        throw new Error(`A ${task.kind} task answered with a plan's result.`);
      const { settings } = task.spec;
      const spec = { kind: "remux" as const, demuxer: result.demuxer, limits: settings.limits };
      return addTasks(
        db,
        task,
        [{ name: "remux", stage: "plan", priority: "blocking", spec }, planTask(settings, true)],
        now,
      );
    }
    case "remux": {
      const transcode = await getTranscode(db, task);
      if (!transcode) throw new Error(`Task ${task.id} belongs to no transcode.`);
      return [
        changeSource(db, task, remuxedKey(transcode.sourceKey, task.version, task.attempt), now),
      ];
    }
    case "images": {
      if (await isPosterOutdated(db, task)) return [];
      const path = (name: string | null) => name && `${filesFolder(task.id, task.attempt)}/${name}`;
      const change = {
        posterPath: path(result.poster),
        storyboardPath: path(result.storyboard),
        previewPath: path(result.preview),
      };
      return changeVideo(db, task, ["processing", "playable", "ready"], change, now);
    }
    case "captions": {
      const folder = `${versionPrefix(task.videoId, task.version)}${filesFolder(task.id, task.attempt)}/`;
      const tracks = result.tracks.map(({ file, ...track }) => ({ ...track, key: folder + file }));
      return [
        ...addEmbeddedCaptions(db, task.videoId, tracks, now),
        ...changeVideo(db, task, ["processing", "playable", "ready"], {}, now),
      ];
    }
    case "media":
    case "download":
      return [];
  }
}
