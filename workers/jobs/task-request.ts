import type { TaskRequest } from "../contract/transcodes.ts";
import { getTranscode } from "../db/transcoding/transcodes.ts";
import type { Task } from "../db/transcoding/tasks.ts";
import { chunkFolder, filesFolder, remuxedKey, versionPrefix } from "../media/storage-keys.ts";
import type { JobContext } from "./context.ts";
import { publishedParts } from "./published.ts";
import { signTaskToken } from "./task-token.ts";

/** Seconds a task token lives: longer than any attempt may run. */
const TOKEN_SECONDS = 15 * 60;

/** The request that has a runner work on a task: its keys, and a token for exactly these. */
export async function taskRequest(jobs: JobContext, task: Task): Promise<TaskRequest> {
  const transcode = await getTranscode(jobs.db, task);
  if (!transcode) throw new Error(`Task ${task.id} belongs to no transcode.`);
  const inputs = { source: transcode.sourceKey, ...(await partsOf(jobs, task)) };
  const outputs = outputPaths(task, transcode.sourceKey);
  const access = {
    taskId: task.id,
    attempt: task.attempt,
    // A film has thousands of segments: they are named by their common folder.
    read:
      task.kind === "download"
        ? [versionPrefix(task.videoId, task.version)]
        : [transcode.sourceKey],
    write: Object.values(outputs),
    ...(transcode.contentKey !== null && { contentKey: transcode.contentKey }),
  };
  const token = await signTaskToken(jobs.env.TASK_SECRET, access, TOKEN_SECONDS);
  const storage = `${jobs.transcoder.storage}/${token}`;
  return { taskId: task.id, attempt: task.attempt, storage, inputs, outputs, spec: task.spec };
}

/** Where an attempt may write: folders that carry its number, so that no other attempt's output is touched. */
export function outputPaths(
  task: Pick<Task, "id" | "videoId" | "version" | "attempt" | "spec">,
  source: string,
): Record<string, string> {
  const { spec, attempt } = task;
  const folder = (path: string) => `${versionPrefix(task.videoId, task.version)}${path}/`;
  switch (spec.kind) {
    case "plan":
    case "finish":
      return {};
    case "remux":
      return { remuxed: remuxedKey(source, task.version, attempt) };
    case "video":
      return Object.fromEntries(
        spec.renditions.map(({ id }) => [id, folder(chunkFolder(id, spec.firstSegment, attempt))]),
      );
    case "audio": {
      const { rendition, firstSegment = 0 } = spec;
      return { [rendition.id]: folder(chunkFolder(rendition.id, firstSegment, attempt)) };
    }
    case "images":
    case "captions":
    case "download":
      return { files: folder(filesFolder(task.id, attempt)) };
  }
}

async function partsOf(jobs: JobContext, task: Task): Promise<Record<string, string>> {
  return task.spec.kind === "download" ? publishedParts(jobs, task, task.spec.renditions) : {};
}
