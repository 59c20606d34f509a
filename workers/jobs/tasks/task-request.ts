import type { ClaimedTask } from "../../contract/runner-api.ts";
import type { TaskSpec } from "../../contract/transcodes.ts";
import type { ClaimedRow } from "../../db/transcoding/claim.ts";
import type { Task } from "../../db/transcoding/tasks.ts";
import {
  addedAudioKey,
  chunkFolder,
  filesFolder,
  remuxedKey,
  uploadedPosterKey,
  uploadedSource,
  versionPrefix,
  watermarkKey,
} from "../../media/storage-keys.ts";
import type { JobContext } from "../job-context.ts";
import { editedParts } from "../../db/transcoding/versions.ts";
import { EDITED_PART_NAME } from "../../domain/tasks/segment-names.ts";
import { publishedSegmentKeys } from "./published.ts";
import { signTaskToken } from "./task-token.ts";

/** Longer than any attempt may run. */
const TASK_TOKEN_LIFETIME_SECONDS = 15 * 60;

/**
 * A task as sent to its runner: the keys that it works with, and a token for exactly these.
 * @param isBusy passed to a plan: whether the fleet is busy
 */
export async function claimedTask(
  context: JobContext,
  task: ClaimedRow,
  runner: string,
  isBusy: boolean,
): Promise<ClaimedTask> {
  const { sourceKey, contentKey } = task;
  if (sourceKey === null) throw new Error(`Task ${task.id} has no transcode.`);
  const segments =
    task.spec.kind === "download"
      ? await publishedSegmentKeys(context, task, task.spec.renditions)
      : {};
  const picture = pictureInput(task);
  const parts = await partInputs(context, task);
  const outputs = outputPaths(task, sourceKey);
  const access = {
    taskId: task.id,
    attempt: task.attempt,
    runner,
    // A video may have thousands of segments, so the token names their common prefix.
    read:
      task.kind === "download"
        ? [versionPrefix(task.videoId, task.version)]
        : [sourceKey, ...Object.values(picture), ...joinedPaths(task)],
    write: Object.values(outputs),
    ...(contentKey !== null && { contentKey }),
    ...(task.kind === "speech" && { maySpeak: true }),
  };
  const token = await signTaskToken(context.env.TASK_SECRET, access, TASK_TOKEN_LIFETIME_SECONDS);
  return {
    taskId: task.id,
    attempt: task.attempt,
    token,
    inputs: { source: sourceKey, ...picture, ...parts, ...segments },
    outputs,
    spec: isBusy ? busySpec(task.spec) : task.spec,
    ...(task.requestId === null ? {} : { requestId: task.requestId }),
  };
}

/** The uploaded picture for the poster or the watermark, if there is one. */
function pictureInput({ videoId, spec }: ClaimedRow): Record<string, string> {
  if (spec.kind === "edit" && spec.part && spec.watermark)
    return { watermark: watermarkKey(videoId, spec.watermark.picture) };
  return spec.kind === "images" && spec.uploadedPoster !== undefined
    ? { poster: uploadedPosterKey(videoId, spec.uploadedPoster) }
    : {};
}

const isJoin = ({ spec }: Pick<Task, "spec">): boolean => spec.kind === "edit" && !spec.part;

/** A prefix that covers all inputs of the join of an edit. There may be hundreds, and the token is part of a URL. */
function joinedPaths(task: ClaimedRow): string[] {
  const { videoId, version, spec } = task;
  if (!isJoin(task) || spec.kind !== "edit") return [];
  const audio = spec.audio ? [addedAudioKey(videoId, spec.audio.upload)] : [];
  return [`${versionPrefix(videoId, version)}files/`, ...audio];
}

/** The inputs of the join of an edit. */
async function partInputs({ db }: JobContext, task: ClaimedRow): Promise<Record<string, string>> {
  const { videoId, spec } = task;
  if (!isJoin(task) || spec.kind !== "edit") return {};
  const parts = await editedParts(db, task);
  const prefix = versionPrefix(task.videoId, task.version);
  const inputs = Object.fromEntries(
    parts.map(({ id, attempt }, index) => [
      `part/${index}`,
      `${prefix}${filesFolder(id, attempt)}/${EDITED_PART_NAME}`,
    ]),
  );
  return spec.audio ? { ...inputs, audio: addedAudioKey(videoId, spec.audio.upload) } : inputs;
}

const busySpec = (spec: TaskSpec): TaskSpec =>
  spec.kind === "plan" ? { ...spec, settings: { ...spec.settings, isBusy: true } } : spec;

/** The storage key of an edited source that was made from a file, or from its remuxed copy. */
export function editedKey(
  sourceKey: string,
  { version, attempt }: Pick<Task, "version" | "attempt">,
): string {
  return remuxedKey(uploadedSource(sourceKey), version, attempt);
}

/** Where an attempt may write: paths that contain its number, so that it cannot touch the output of another attempt. */
export function outputPaths(
  task: Pick<Task, "id" | "videoId" | "version" | "attempt" | "spec">,
  sourceKey: string,
): Record<string, string> {
  const { spec, attempt } = task;
  const prefix = (folder: string) => `${versionPrefix(task.videoId, task.version)}${folder}/`;
  switch (spec.kind) {
    case "plan":
    case "finish":
      return {};
    case "remux":
      return { remuxed: remuxedKey(sourceKey, task.version, attempt) };
    case "edit":
      return spec.part
        ? { files: prefix(filesFolder(task.id, attempt)) }
        : { remuxed: editedKey(sourceKey, task) };
    case "video":
      return Object.fromEntries(
        spec.renditions.map(({ id }) => [id, prefix(chunkFolder(id, spec.firstSegment, attempt))]),
      );
    case "audio": {
      const { rendition, firstSegment = 0 } = spec;
      return { [rendition.id]: prefix(chunkFolder(rendition.id, firstSegment, attempt)) };
    }
    case "images":
    case "captions":
    case "download":
    // The Worker itself writes it.
    case "transcribe":
    case "speech":
      return { files: prefix(filesFolder(task.id, attempt)) };
  }
}
