import { type Body, Uppy } from "@uppy/core";
import GoldenRetriever from "@uppy/golden-retriever";
import { signal } from "@preact/signals";
import { uploadProgress } from "../session.ts";
import { type UploadMeta, type UploadUppy, MultipartUploader } from "./multipart-uploader.ts";
import { dropWhatHasArrived, keepWhatWasChosen } from "./upload-recovery.ts";

export interface CurrentUpload {
  name: string;
  videoId: string | null;
  state: "chosen" | "uploading" | "done" | "failed";
  /** The file's bytes where they lie; null when a reload has lost them. */
  data: Blob | null;
}

/** The one file that is being uploaded; null when none is chosen, or it may have arrived before a reload. */
export const currentUpload = signal<CurrentUpload | null>(null);

/**
 * Bytes the browser keeps a copy of, so that a reload goes on by itself. A larger file has to be chosen
 * again, and then goes on from the parts that have arrived all the same. The plugin's type knows of `name`
 * and `version` only; the store that it hands this to takes the limits (IndexedDBStore of golden-retriever).
 */
const RECOVERABLE: { name?: string; maxFileSize: number; maxTotalSize: number } = {
  maxFileSize: 300_000_000,
  maxTotalSize: 600_000_000,
};

function createUppy(): UploadUppy {
  const uppy = new Uppy<UploadMeta, Body>({
    id: "film",
    autoProceed: true,
    restrictions: {
      maxNumberOfFiles: 1,
      minFileSize: 1,
      allowedFileTypes: [
        "video/*",
        ".mkv",
        ".ts",
        ".mts",
        ".m2ts",
        ".flv",
        ".avi",
        ".mov",
        ".ogv",
        ".3gp",
      ],
    },
  });
  uppy.use(GoldenRetriever, { indexedDB: RECOVERABLE }).use(MultipartUploader);
  keepWhatWasChosen(uppy);
  dropWhatHasArrived(uppy);
  uppy.on("state-update", () => {
    const file = uppy.getFiles()[0];
    currentUpload.value =
      file && !file.meta.unsure
        ? {
            name: file.name,
            videoId: file.meta.videoId ?? null,
            state: file.error
              ? "failed"
              : file.progress.complete
                ? "done"
                : file.progress.uploadStarted
                  ? "uploading"
                  : "chosen",
            data: file.data instanceof Blob ? file.data : null,
          }
        : null;
    const underway = uppy.getState().recoveredState === null;
    uploadProgress.value =
      underway &&
      file?.progress.uploadStarted &&
      !file.progress.complete &&
      !file.error &&
      !file.isGhost
        ? Math.floor(file.progress.percentage ?? 0)
        : null;
  });
  return uppy;
}

let instance: UploadUppy | undefined;

/** Uppy for the whole tab: an upload goes on while its owner looks at other pages. */
export function uploadSession(): UploadUppy {
  instance ??= createUppy();
  return instance;
}
