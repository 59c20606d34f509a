import { getUpload } from "../api.ts";
import type { UploadUppy } from "./multipart-uploader.ts";
import { clearBegunUpload, loadBegunUpload } from "./upload-draft.ts";

/**
 * The recovery plugin reads what a reload left behind while the page is in use already, and then sets it over the
 * state. A file that was chosen meanwhile wins.
 */
export function keepWhatWasChosen(uppy: UploadUppy): void {
  type State = ReturnType<UploadUppy["getState"]>;
  let before: State | null = null;
  // The last such update ahead of "restored" is the recovery's own.
  const remember = (previous: State, _next: State, patch?: Partial<State>): void => {
    if (patch && "recoveredState" in patch) before = previous;
  };
  uppy.on("state-update", remember);
  uppy.once("restored", () => {
    uppy.off("state-update", remember);
    if (!before || Object.keys(before.files).length === 0) return;
    const { files, currentUploads } = before;
    uppy.setState({ files, currentUploads, recoveredState: null });
  });
}

/**
 * The recovery plugin writes up to half a second late, so a page that is left right after its upload has the next one
 * offer a film that has arrived. The server knows better, and the draft knows the film if its entry is still
 * to be published.
 */
export function dropWhatHasArrived(uppy: UploadUppy): void {
  type File = ReturnType<UploadUppy["getFiles"]>[number];
  const drop = async (restored: File, uploadId: string): Promise<void> => {
    const { id, isGhost } = restored;
    // What is chosen meanwhile is taken for the missing bytes of the restored file, or refused beside it.
    let chosen: File | undefined;
    const remember = (refused: File | undefined): void => {
      chosen = refused;
    };
    uppy.on("restriction-failed", remember);
    const upload = await getUpload(uploadId).catch(() => null);
    uppy.off("restriction-failed", remember);
    const now = uppy.getState().files[id];
    if (now === undefined) return;
    // Without an answer it stays on offer, and the server is asked again when it is resumed.
    if (upload?.state !== "completed" || now.meta.uploadId !== uploadId)
      return uppy.setFileMeta(id, { unsure: false });
    if (isGhost && !now.isGhost) chosen = now;
    uppy.removeFile(id);
    if (chosen?.data instanceof Blob)
      uppy.addFile({ name: chosen.name, type: chosen.type, data: chosen.data });
  };
  uppy.on("file-added", clearBegunUpload);
  uppy.once("restored", () => {
    for (const file of uppy.getFiles()) {
      if (!file.isRestored) continue;
      const { uploadId, videoId } = loadBegunUpload(file.id) ?? file.meta;
      if (uploadId === undefined || videoId === undefined) continue;
      uppy.setFileMeta(file.id, { uploadId, videoId, unsure: true });
      void drop(file, uploadId);
    }
  });
}
