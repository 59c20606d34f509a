import { type ArchivedTask, TaskArchive } from "../contract/task-archive.ts";
import { deleteObject, putText, readText } from "./objects.ts";
import { taskArchiveKey } from "./storage-keys.ts";

type MediaEnv = Pick<Env, "MEDIA">;

interface ArchivedVersion {
  videoId: string;
  version: number;
  /** Number of the newest archive; 0 when there is none. */
  archive: number;
}

/** The tasks of a version whose rows are gone, in the order in which they ran. */
export async function readTaskArchive(
  env: MediaEnv,
  { videoId, version, archive }: ArchivedVersion,
): Promise<ArchivedTask[]> {
  if (archive === 0) return [];
  const text = await readText(env, taskArchiveKey(videoId, version, archive));
  // The archive of a replaced version is removed eventually. Only the timeline of its tasks is lost.
  return text === null ? [] : TaskArchive.parse(JSON.parse(text)).tasks;
}

/** Stores the next archive of a version. It counts as soon as the transcode's row has its number. */
export async function writeTaskArchive(
  env: MediaEnv,
  { videoId, version, archive }: ArchivedVersion,
  tasks: readonly ArchivedTask[],
): Promise<void> {
  const key = taskArchiveKey(videoId, version, archive + 1);
  await putText(env, key, JSON.stringify({ tasks }), "application/json");
}

/** Deletes an archive that a newer one has replaced. */
export async function deleteTaskArchive(
  env: MediaEnv,
  { videoId, version, archive }: ArchivedVersion,
): Promise<void> {
  if (archive > 0) await deleteObject(env, taskArchiveKey(videoId, version, archive));
}
