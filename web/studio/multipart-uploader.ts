import { BasePlugin, type Body, type Meta, type Uppy, type UppyFile } from "@uppy/core";
import { abortUpload, createUpload, getUpload } from "../api.ts";
import { ApiError } from "../api-error.ts";
import { splitIntoParts, uploadParts } from "./part-queue.ts";
import { browserTransport, joinParts } from "./part-transport.ts";
import { PauseGate } from "./pause-gate.ts";
import { saveStartedUpload } from "./upload-draft.ts";
import { t } from "../i18n/translate.ts";

/** Stored by Uppy and its recovery plugin with a file, so that the upload resumes after a reload. */
export interface UploadMeta extends Meta {
  uploadId?: string;
  videoId?: string;
  /** Store the segments encrypted. */
  encrypted?: boolean;
  /** Encode the video even if the file is web-ready. */
  alwaysEncode?: boolean;
  /** Restored after a reload; whether the server has the whole file is not known yet. */
  unconfirmed?: boolean;
}
export type UploadUppy = Uppy<UploadMeta, Body>;
type UploadFile = UppyFile<UploadMeta, Body>;

interface OpenUpload {
  id: string;
  videoId: string;
  /** Bytes. */
  partSize: number;
  /** Numbers of the parts that the server has recorded. */
  recorded: Set<number>;
  completed: boolean;
}

const MAX_CONCURRENT_PARTS = 4;

/** The upload that the file belongs to if it can be resumed, else a new one. */
async function openUpload(file: UploadFile, signal: AbortSignal): Promise<OpenUpload> {
  const { uploadId } = file.meta;
  if (uploadId) {
    const known = await getUpload(uploadId, signal).catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    });
    const usable =
      known?.size === file.size && (known?.state === "open" || known?.state === "completed");
    if (known && usable) {
      const recorded = new Set(known.parts.map((part) => part.partNumber));
      return { ...known, recorded, completed: known.state === "completed" };
    }
  }
  const created = await createUpload({
    filename: file.name,
    size: file.size ?? 0,
    contentType: file.type,
    visibility: "private",
    encrypted: file.meta.encrypted ?? false,
    alwaysEncode: file.meta.alwaysEncode ?? false,
  });
  return { ...created, recorded: new Set(), completed: false };
}

/**
 * Uppy uploader for `/v1/uploads` (why not @uppy/aws-s3: docs/decisions/220-uploader-plugin.md). Sends several parts at
 * once straight to the storage, pauses, retries, and resumes after a reload with the parts that are missing.
 */
export class MultipartUploader extends BasePlugin<{ id?: string }, UploadMeta, Body> {
  constructor(uppy: UploadUppy, options: { id?: string } = {}) {
    super(uppy, options);
    this.id = options.id ?? "MultipartUploader";
    this.type = "uploader";
  }

  override install(): void {
    this.uppy.addUploader(this.#uploadAll);
    const { capabilities } = this.uppy.getState();
    this.uppy.setState({ capabilities: { ...capabilities, resumableUploads: true } });
  }

  override uninstall(): void {
    this.uppy.removeUploader(this.#uploadAll);
  }

  #uploadAll = async (fileIds: string[]): Promise<void> => {
    const files = this.uppy.getFilesByIds(fileIds);
    this.uppy.emit("upload-start", files);
    for (const file of files) await this.#upload(file);
  };

  /** Uploads one file. Success and failure are reported as Uppy events. */
  async #upload(file: UploadFile): Promise<void> {
    const gate = new PauseGate();
    const cancelled = new AbortController();
    const stopListening = this.#listen(file, gate, cancelled);
    try {
      const upload = await openUpload(file, cancelled.signal);
      const { id: uploadId, videoId } = upload;
      this.uppy.setFileMeta(file.id, { uploadId, videoId });
      saveStartedUpload({ fileId: file.id, uploadId, videoId });
      if (!upload.completed) {
        await this.#sendParts(file, upload, gate, cancelled.signal);
        await joinParts(upload.id, cancelled.signal);
      }
      this.uppy.emit("upload-success", this.uppy.getFile(file.id), {
        status: 200,
        body: { videoId: upload.videoId },
      });
    } catch (error) {
      const current = this.uppy.getState().files[file.id];
      if (cancelled.signal.aborted || !current) return;
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      this.uppy.emit("upload-error", current, { name, message });
    } finally {
      stopListening();
    }
  }

  async #sendParts(
    file: UploadFile,
    upload: OpenUpload,
    gate: PauseGate,
    signal: AbortSignal,
  ): Promise<void> {
    if (!(file.data instanceof Blob)) throw new Error(t("upload.chooseAgain"));
    const size = file.data.size;
    const parts = splitIntoParts(size, upload.partSize);
    const sent = new Map<number, number>();
    for (const part of parts) {
      if (upload.recorded.has(part.partNumber)) sent.set(part.partNumber, part.end - part.start);
    }
    const uploadStarted = Date.now();
    const report = () => {
      const bytesUploaded = [...sent.values()].reduce((sum, bytes) => sum + bytes, 0);
      const current = this.uppy.getState().files[file.id];
      if (current)
        this.uppy.emit("upload-progress", current, {
          uploadStarted,
          bytesUploaded,
          bytesTotal: size,
        });
    };
    report();
    await uploadParts({
      parts: parts.filter((part) => !upload.recorded.has(part.partNumber)),
      concurrency: MAX_CONCURRENT_PARTS,
      transport: browserTransport(upload.id, file.data),
      gate,
      signal,
      onProgress: (partNumber, bytes) => {
        sent.set(partNumber, bytes);
        report();
      },
    });
  }

  /** Applies Uppy's pause, resume and cancel to a running upload. @returns a function that stops listening */
  #listen(file: UploadFile, gate: PauseGate, cancelled: AbortController): () => void {
    const pause = () => gate.pause();
    const resume = () => gate.resume();
    const toggle = (target: UploadFile | undefined, paused: boolean) => {
      if (target?.id === file.id) (paused ? pause : resume)();
    };
    const remove = (target: UploadFile) => {
      if (target.id !== file.id) return;
      cancelled.abort(new DOMException("The upload was cancelled.", "AbortError"));
      // Deletes the parts at once. If this fails, they are deleted when the upload expires.
      if (target.meta.uploadId) abortUpload(target.meta.uploadId).catch(() => undefined);
    };
    this.uppy.on("upload-pause", toggle);
    this.uppy.on("pause-all", pause);
    this.uppy.on("resume-all", resume);
    this.uppy.on("file-removed", remove);
    return () => {
      this.uppy.off("upload-pause", toggle);
      this.uppy.off("pause-all", pause);
      this.uppy.off("resume-all", resume);
      this.uppy.off("file-removed", remove);
    };
  }
}
