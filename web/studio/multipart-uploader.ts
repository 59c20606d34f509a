import { BasePlugin, type Body, type Meta, type Uppy, type UppyFile } from "@uppy/core";
import { abortUpload, createUpload, getUpload } from "../api.ts";
import { ApiError } from "../api-error.ts";
import { splitIntoParts, uploadParts } from "./part-queue.ts";
import { browserTransport, joinParts } from "./part-transport.ts";
import { PauseGate } from "./pause-gate.ts";
import { saveBegunUpload } from "./upload-draft.ts";

/** What Uppy keeps, and its recovery plugin stores, beside a file: enough to go on after a reload. */
export interface UploadMeta extends Meta {
  uploadId?: string;
  videoId?: string;
  /** Its segments are to be stored encrypted. */
  encrypted?: boolean;
  /** Restored after a reload, and the server is still being asked whether it has arrived. */
  unsure?: boolean;
}
export type UploadUppy = Uppy<UploadMeta, Body>;
type DraftFile = UppyFile<UploadMeta, Body>;

interface Session {
  id: string;
  videoId: string;
  partSize: number;
  /** Part numbers that the server has on record. */
  recorded: Set<number>;
  completed: boolean;
}

const PARTS_AT_ONCE = 4;

/** The upload a file belongs to: the one it was resumed with while that is open, else a new one. */
async function openSession(file: DraftFile, signal: AbortSignal): Promise<Session> {
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
  });
  return { ...created, recorded: new Set(), completed: false };
}

/**
 * Uppy uploader for the upload calls of `/v1/uploads` (why not @uppy/aws-s3: docs/decisions/220-uploader-plugin.md). Sends several parts at
 * once straight to the storage; pauses, retries, and goes on after a reload from the parts on record.
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

  /** Uploads one file and reports through Uppy's events, failures as well. */
  async #upload(file: DraftFile): Promise<void> {
    const gate = new PauseGate();
    const cancelled = new AbortController();
    const forget = this.#follow(file, gate, cancelled);
    try {
      const session = await openSession(file, cancelled.signal);
      const { id: uploadId, videoId } = session;
      this.uppy.setFileMeta(file.id, { uploadId, videoId });
      saveBegunUpload({ file: file.id, uploadId, videoId });
      if (!session.completed) {
        await this.#sendParts(file, session, gate, cancelled.signal);
        await joinParts(session.id, cancelled.signal);
      }
      this.uppy.emit("upload-success", this.uppy.getFile(file.id), {
        status: 200,
        body: { videoId: session.videoId },
      });
    } catch (error) {
      const current = this.uppy.getState().files[file.id];
      if (cancelled.signal.aborted || !current) return;
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      this.uppy.emit("upload-error", current, { name, message });
    } finally {
      forget();
    }
  }

  async #sendParts(
    file: DraftFile,
    session: Session,
    gate: PauseGate,
    signal: AbortSignal,
  ): Promise<void> {
    if (!(file.data instanceof Blob)) throw new Error("Choose the file again to go on.");
    const size = file.data.size;
    const parts = splitIntoParts(size, session.partSize);
    const sent = new Map<number, number>();
    for (const part of parts) {
      if (session.recorded.has(part.partNumber)) sent.set(part.partNumber, part.end - part.start);
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
      parts: parts.filter((part) => !session.recorded.has(part.partNumber)),
      concurrency: PARTS_AT_ONCE,
      transport: browserTransport(session.id, file.data),
      gate,
      signal,
      onProgress: (partNumber, bytes) => {
        sent.set(partNumber, bytes);
        report();
      },
    });
  }

  /** Listens to Uppy's pause, resume and cancel while a file is under way. Returns the way to stop. */
  #follow(file: DraftFile, gate: PauseGate, cancelled: AbortController): () => void {
    const pause = () => gate.pause();
    const resume = () => gate.resume();
    const toggle = (target: DraftFile | undefined, paused: boolean) => {
      if (target?.id === file.id) (paused ? pause : resume)();
    };
    const remove = (target: DraftFile) => {
      if (target.id !== file.id) return;
      cancelled.abort(new DOMException("The upload was cancelled.", "AbortError"));
      // Frees the parts at once; the expiry of the upload does it otherwise.
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
