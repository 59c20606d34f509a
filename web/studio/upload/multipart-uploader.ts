import { BasePlugin, type Body, type Meta, type Uppy, type UppyFile } from "@uppy/core";
import { abortUpload, createUpload, getUpload, listOpenUploads } from "../../api.ts";
import { ApiError } from "../../api-error.ts";
import type { VideoPatch } from "../../../workers/contract/videos.ts";
import { isTransient, splitIntoParts, type UploadedPart, uploadParts } from "./part-queue.ts";
import {
  browserTransport,
  callPatiently,
  joinParts,
  MAX_CONCURRENT_PARTS,
} from "./part-transport.ts";
import type { PauseGate } from "./pause-gate.ts";
import { UploadScheduler } from "./upload-scheduler.ts";
import { t } from "../../i18n/translate.ts";

/** The data that Uppy stores with a file. */
export interface UploadMeta extends Meta {
  /** Names the file in the queue. */
  key?: string;
  /** The fingerprint by which the server's list of open uploads recognises the file. */
  fingerprint?: string;
  uploadId?: string;
  videoId?: string;
  /** Store the segments encrypted. */
  encrypted?: boolean;
  /** Encode the video even if the file is web-ready. */
  alwaysEncode?: boolean;
  /** The initial details of the video; the rest follows when it is published. */
  details?: Pick<VideoPatch, "category"> & { language?: string };
  /** A later attempt may succeed. */
  isTransientError?: boolean;
  /** The code of the error that ended the last attempt. */
  errorCode?: string;
}
export type UploadUppy = Uppy<UploadMeta, Body>;
type UploadFile = UppyFile<UploadMeta, Body>;

interface StartedUpload {
  id: string;
  videoId: string;
  /** Bytes. */
  partSize: number;
  /** Numbers of the parts that the server has recorded. */
  recorded: Set<number>;
  completed: boolean;
}

interface UploaderOptions {
  id?: string;
  /** Decides which files are sent. */
  scheduler?: UploadScheduler;
  /** Receives at once which upload a file belongs to. */
  onStarted?: (key: string, upload: { uploadId: string; videoId: string }) => void;
}

/** The key of a file, with which the scheduler knows it. */
export const keyOf = (file: UploadFile): string => file.meta.key ?? file.id;

/** The upload that the file belongs to if it can be resumed, else null. */
async function knownUpload(file: UploadFile, signal: AbortSignal): Promise<StartedUpload | null> {
  const { fingerprint } = file.meta;
  // Another device, another tab, or an attempt whose answer was lost may have started it.
  const isUnknown = fingerprint !== undefined && file.meta.uploadId === undefined;
  const open = isUnknown ? (await listOpenUploads(signal)).items : [];
  const same = open.find((item) => item.fingerprint === fingerprint && item.size === file.size);
  const uploadId = file.meta.uploadId ?? same?.id;
  if (uploadId === undefined) return null;
  const known = await getUpload(uploadId, signal).catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  });
  const isUsable =
    known?.size === file.size && (known?.state === "open" || known?.state === "completed");
  if (!known || !isUsable) return null;
  const recorded = new Set(known.parts.map((part) => part.partNumber));
  return { ...known, recorded, completed: known.state === "completed" };
}

async function startUpload(file: UploadFile, signal: AbortSignal): Promise<StartedUpload> {
  const { fingerprint, encrypted = false, alwaysEncode = false, details } = file.meta;
  // Same for every attempt, so that an attempt whose response is lost creates nothing twice.
  const idempotencyKey = crypto.randomUUID();
  return callPatiently(async (ended) => {
    const known = await knownUpload(file, ended);
    if (known) return known;
    const upload = {
      filename: file.name,
      size: file.size ?? 0,
      contentType: file.type,
      fingerprint,
      ...details,
      visibility: "private",
      encrypted,
      alwaysEncode,
    } as const;
    const created = await createUpload(upload, idempotencyKey, ended);
    return { ...created, recorded: new Set<number>(), completed: false };
  }, signal);
}

/** Resolves when the file may be sent. */
function untilTurn(gate: PauseGate, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    const wait = async () => {
      while (gate.signal.aborted) await gate.opened;
      resolve();
    };
    void wait();
  });
}

/**
 * Uppy uploader for `/v1/uploads` (why not @uppy/aws-s3: docs/decisions/220-uploader-plugin.md). Sends several parts at
 * once straight to the storage, pauses, retries, and resumes with the parts that are missing.
 */
export class MultipartUploader extends BasePlugin<UploaderOptions, UploadMeta, Body> {
  readonly #scheduler: UploadScheduler;

  constructor(uppy: UploadUppy, options: UploaderOptions = {}) {
    super(uppy, options);
    this.id = options.id ?? "MultipartUploader";
    this.type = "uploader";
    this.#scheduler = options.scheduler ?? new UploadScheduler();
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
    await Promise.all(files.map((file) => this.#upload(file)));
  };

  /** Uploads one file. Success and failure are reported as Uppy events. */
  async #upload(file: UploadFile): Promise<void> {
    const key = keyOf(file);
    const gate = this.#scheduler.join(key, file.isPaused ?? false);
    const cancelled = new AbortController();
    const stopListening = this.#listen(file, cancelled);
    try {
      await untilTurn(gate, cancelled.signal);
      const upload = await startUpload(this.uppy.getFile(file.id), cancelled.signal);
      const { id: uploadId, videoId } = upload;
      this.uppy.setFileMeta(file.id, { uploadId, videoId });
      this.opts.onStarted?.(key, { uploadId, videoId });
      if (!upload.completed) {
        const last = await this.#sendParts(file, upload, gate, cancelled.signal);
        await joinParts(upload.id, last, cancelled.signal);
      }
      this.uppy.emit("upload-success", this.uppy.getFile(file.id), {
        status: 200,
        body: { videoId: upload.videoId },
      });
    } catch (error) {
      const current = this.uppy.getState().files[file.id];
      if (cancelled.signal.aborted || !current) return;
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      this.uppy.setFileMeta(file.id, {
        isTransientError: isTransient(error),
        errorCode: error instanceof ApiError ? error.code : name,
      });
      this.uppy.emit("upload-error", this.uppy.getFile(file.id), { name, message });
    } finally {
      stopListening();
      this.#scheduler.leave(key);
    }
  }

  async #sendParts(
    file: UploadFile,
    upload: StartedUpload,
    gate: PauseGate,
    signal: AbortSignal,
  ): Promise<UploadedPart[]> {
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
    return uploadParts({
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
  #listen(file: UploadFile, cancelled: AbortController): () => void {
    const toggle = (target: UploadFile | undefined, paused: boolean) => {
      if (target?.id === file.id) this.#scheduler.setPaused(keyOf(file), paused);
    };
    const remove = (target: UploadFile) => {
      if (target.id === file.id)
        cancelled.abort(new DOMException("The upload was cancelled.", "AbortError"));
    };
    this.uppy.on("upload-pause", toggle);
    this.uppy.on("file-removed", remove);
    return () => {
      this.uppy.off("upload-pause", toggle);
      this.uppy.off("file-removed", remove);
    };
  }
}

/** Deletes what was sent of an upload. If this fails, it is deleted when the upload expires. */
export function discardUpload(uploadId: string): void {
  abortUpload(uploadId).catch(() => undefined);
}
