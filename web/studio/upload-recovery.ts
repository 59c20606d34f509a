import { getUpload } from "../api.ts";
import type { FilmUppy } from "./multipart-uploader.ts";
import { loadDraft } from "./upload-draft.ts";

/**
 * The recovery plugin reads what a reload left behind while the page is in use already, and then sets it over the
 * state. A file that was chosen meanwhile wins.
 */
export function keepWhatWasChosen(uppy: FilmUppy): void {
  type State = ReturnType<FilmUppy["getState"]>;
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
 * The recovery plugin writes some hundred milliseconds late, so a page that is left right after its upload has the
 * next one offer a film that has arrived. The server knows better: such a film is done if its entry is still to be
 * written, and is no longer the upload page's affair if it is published.
 */
export function settleWhatHasArrived(uppy: FilmUppy): void {
  const settle = async (id: string, uploadId: string, isPublished: boolean): Promise<void> => {
    const { state, videoId } = await getUpload(uploadId);
    const file = uppy.getState().files[id];
    if (state !== "completed" || file?.meta.uploadId !== uploadId) return;
    uppy.setState({ recoveredState: null });
    if (isPublished) return uppy.removeFile(id);
    uppy.setFileState(id, { isGhost: false });
    uppy.emit("upload-success", uppy.getFile(id), { status: 200, body: { videoId } });
  };
  uppy.once("restored", () => {
    // Publishing clears the draft; the form writes it anew as soon as it sees a file.
    const isPublished = loadDraft().title === "";
    for (const { id, meta, isRestored } of uppy.getFiles()) {
      if (!isRestored || meta.uploadId === undefined) continue;
      // Without an answer it stays on offer, and the server is asked again when it is resumed.
      settle(id, meta.uploadId, isPublished).catch(() => undefined);
    }
  });
}
