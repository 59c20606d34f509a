import { putInPlaylist, updateVideo } from "../../api.ts";
import { toApiError } from "../../api-error.ts";
import { fieldErrorsOf } from "../../field-message.ts";
import { draftErrors, patchOf } from "../upload-draft.ts";
import { changeEntryOf, changeItem, forgetIfDone, itemOf, queue } from "./queue-state.ts";

/** Publishes a file's video with its details, as soon as the server has the video. */
export async function publish(key: string): Promise<void> {
  const item = itemOf(key);
  if (!item || item.entry.publication !== "draft") return;
  const fieldErrors = draftErrors(item.entry.draft);
  changeItem(key, { fieldErrors, publishError: null });
  if (Object.keys(fieldErrors).length > 0) return;
  changeEntryOf(key, { publication: "wanted" });
  await publishIfWanted(key);
}

/** Publishes every file that is not published yet. Each shows its own errors. */
export async function publishAll(): Promise<void> {
  for (const { entry } of queue.value) await publish(entry.key);
}

const inProgress = new Set<string>();

export async function publishIfWanted(key: string): Promise<void> {
  const entry = itemOf(key)?.entry;
  if (entry?.publication !== "wanted" || entry.videoId === null || inProgress.has(key)) return;
  inProgress.add(key);
  try {
    await updateVideo(entry.videoId, patchOf(entry.draft));
    if (entry.playlistId !== null) await putInPlaylist(entry.playlistId, entry.videoId);
    changeEntryOf(key, { publication: "published" });
    await forgetIfDone(key);
  } catch (error) {
    const publishError = toApiError(error);
    changeEntryOf(key, { publication: "draft" });
    changeItem(key, { publishError, fieldErrors: fieldErrorsOf(publishError) });
  } finally {
    inProgress.delete(key);
  }
}
