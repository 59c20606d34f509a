import { getUpload } from "../api.ts";
import type { FilmUppy } from "./multipart-uploader.ts";

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
 * next one offer a film that has arrived. The server knows better, and the draft knows the film if its entry is still
 * to be published.
 */
export function dropWhatHasArrived(uppy: FilmUppy): void {
  const drop = async (id: string, uploadId: string): Promise<void> => {
    const { state } = await getUpload(uploadId);
    const isSame = uppy.getState().files[id]?.meta.uploadId === uploadId;
    if (state === "completed" && isSame) uppy.removeFile(id);
  };
  uppy.once("restored", () => {
    for (const { id, meta, isRestored } of uppy.getFiles()) {
      if (!isRestored || meta.uploadId === undefined) continue;
      // Without an answer it stays on offer, and the server is asked again when it is resumed.
      drop(id, meta.uploadId).catch(() => undefined);
    }
  });
}
