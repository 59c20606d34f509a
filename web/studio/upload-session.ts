import { type Body, Uppy } from "@uppy/core";
import GoldenRetriever from "@uppy/golden-retriever";
import { signal } from "@preact/signals";
import { AUDIO_EXTENSIONS, VIDEO_EXTENSIONS } from "../../workers/domain/uploads.ts";
import { uploadProgress } from "../session.ts";
import { type UploadMeta, type UploadUppy, MultipartUploader } from "./multipart-uploader.ts";
import { keepChosenFile, removeCompletedUpload } from "./upload-recovery.ts";
import { uploadLocale } from "./upload-locale.ts";

export interface CurrentUpload {
  name: string;
  videoId: string | null;
  state: "chosen" | "uploading" | "done" | "failed";
  /** Null when the browser lost the file in a reload. */
  source: Blob | null;
}

/** The file being uploaded; null when none is chosen, or a restored one may already be uploaded. */
export const currentUpload = signal<CurrentUpload | null>(null);

/**
 * Files up to this many bytes are copied into the browser's storage, so that their upload resumes by itself after a
 * reload. A larger file has to be chosen again, and then resumes as well. The plugin's type has only `name` and
 * `version`, but its IndexedDBStore takes the limits.
 */
const INDEXED_DB_OPTIONS: { name?: string; maxFileSize: number; maxTotalSize: number } = {
  maxFileSize: 300_000_000,
  maxTotalSize: 600_000_000,
};

function createUppy(): UploadUppy {
  const uppy = new Uppy<UploadMeta, Body>({
    id: "upload",
    autoProceed: true,
    ...(uploadLocale ? { locale: uploadLocale } : {}),
    restrictions: {
      maxNumberOfFiles: 1,
      minFileSize: 1,
      allowedFileTypes: ["video/*", "audio/*", ...VIDEO_EXTENSIONS, ...AUDIO_EXTENSIONS],
    },
  });
  uppy.use(GoldenRetriever, { indexedDB: INDEXED_DB_OPTIONS }).use(MultipartUploader);
  keepChosenFile(uppy);
  removeCompletedUpload(uppy);
  uppy.on("state-update", () => {
    const file = uppy.getFiles()[0];
    currentUpload.value =
      file && !file.meta.unconfirmed
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
            source: file.data instanceof Blob ? file.data : null,
          }
        : null;
    const resumed = uppy.getState().recoveredState === null;
    uploadProgress.value =
      resumed &&
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

/** The tab's only Uppy instance: uploads continue while the creator visits other pages. */
export function uploadSession(): UploadUppy {
  instance ??= createUppy();
  return instance;
}
