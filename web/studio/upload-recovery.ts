import { getUpload } from "../api.ts";
import type { UploadUppy } from "./multipart-uploader.ts";
import { clearStartedUpload, loadStartedUpload } from "./upload-draft.ts";

/**
 * The recovery plugin reads its storage asynchronously and then overwrites Uppy's state. This keeps a file that was
 * chosen in the meantime.
 */
export function keepChosenFile(uppy: UploadUppy): void {
  type State = ReturnType<UploadUppy["getState"]>;
  let stateBefore: State | null = null;
  // The last of these updates before "restored" is the one that the recovery plugin makes.
  const onStateUpdate = (previous: State, _next: State, patch?: Partial<State>): void => {
    if (patch && "recoveredState" in patch) stateBefore = previous;
  };
  uppy.on("state-update", onStateUpdate);
  uppy.once("restored", () => {
    uppy.off("state-update", onStateUpdate);
    if (!stateBefore || Object.keys(stateBefore.files).length === 0) return;
    const { files, currentUploads } = stateBefore;
    uppy.setState({ files, currentUploads, recoveredState: null });
  });
}

/**
 * The recovery plugin writes up to half a second late. If the page closes right after an upload, the plugin restores a
 * file that is already uploaded. This asks the server, and removes such a file; the draft still knows its video.
 */
export function removeCompletedUpload(uppy: UploadUppy): void {
  type File = ReturnType<UploadUppy["getFiles"]>[number];
  const removeIfCompleted = async (restored: File, uploadId: string): Promise<void> => {
    const { id, isGhost } = restored;
    // Uppy takes a file chosen in the meantime for the missing bytes of the restored one, or rejects it as the second.
    let chosen: File | undefined;
    const onRejected = (rejected: File | undefined): void => {
      chosen = rejected;
    };
    uppy.on("restriction-failed", onRejected);
    const upload = await getUpload(uploadId).catch(() => null);
    uppy.off("restriction-failed", onRejected);
    const current = uppy.getState().files[id];
    if (current === undefined) return;
    // Without an answer the file stays, and the server is asked again when the upload is resumed.
    if (upload?.state !== "completed" || current.meta.uploadId !== uploadId)
      return uppy.setFileMeta(id, { unconfirmed: false });
    if (isGhost && !current.isGhost) chosen = current;
    uppy.removeFile(id);
    if (chosen?.data instanceof Blob)
      uppy.addFile({ name: chosen.name, type: chosen.type, data: chosen.data });
  };
  uppy.on("file-added", clearStartedUpload);
  uppy.once("restored", () => {
    for (const file of uppy.getFiles()) {
      if (!file.isRestored) continue;
      const { uploadId, videoId } = loadStartedUpload(file.id) ?? file.meta;
      if (uploadId === undefined || videoId === undefined) continue;
      uppy.setFileMeta(file.id, { uploadId, videoId, unconfirmed: true });
      void removeIfCompleted(file, uploadId);
    }
  });
}
