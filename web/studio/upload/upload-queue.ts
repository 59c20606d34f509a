import { type Body, Uppy } from "@uppy/core";
import { computed, effect, untracked } from "@preact/signals";
import { toApiError } from "../../api-error.ts";
import { setUploadsPending, uploadProgress, uploadsHere } from "../../session.ts";
import { offeredPlace } from "../../offered-places.ts";
import {
  discardUpload,
  keyOf,
  MultipartUploader,
  type UploadMeta,
  type UploadUppy,
} from "./multipart-uploader.ts";
import { followLink } from "./link-upload.ts";
import { FILE_UNREADABLE } from "./part-transport.ts";
import { publishIfWanted } from "./publish-upload.ts";
import {
  changeEntryOf,
  changeItem,
  forgetIfDone,
  isMoving,
  isOnline,
  isSending,
  itemOf,
  type QueueItem,
  queue,
  totals,
  transfers,
} from "./queue-state.ts";
import { forgetTransfer, noteSent, restartRate, showTransfers } from "./transfer-progress.ts";
import {
  dropFile,
  onOtherTabs,
  readEntry,
  readFile,
  removeEntry,
  type UploadEntry,
  withFileLock,
} from "./upload-entries.ts";
import { UploadScheduler } from "./upload-scheduler.ts";

const TICK_MS = 500;

/** Codes of the API's errors about the file itself. */
const NEVER_ACCEPTED = new Set(["not_a_video_type", "empty_file", "file_too_large"]);

/** Uppy's id of each file that this tab sends, by key. */
const fileIds = new Map<string, string>();
/** Called when a file is sent, by Uppy's id. */
const endings = new Map<string, () => void>();
/** Ends what this tab does for a file, by key. */
const lives = new Map<string, AbortController>();
/** Uppy treats every attempt as another file. */
let attempts = 0;

const scheduler = new UploadScheduler(undefined, showStates);
/** The tab's only Uppy instance: uploads continue while the creator visits other pages. */
const uppy: UploadUppy = new Uppy<UploadMeta, Body>({ id: "upload", autoProceed: true });
uppy.use(MultipartUploader, {
  scheduler,
  onStarted: (key, upload) => {
    changeEntryOf(key, upload);
    void publishIfWanted(key);
  },
});
uppy.on("upload-progress", (file, { bytesUploaded }) => {
  if (file && typeof bytesUploaded === "number") noteSent(keyOf(file), bytesUploaded);
});
uppy.on("upload-success", (file) => {
  if (!file) return;
  finish(keyOf(file));
  endings.get(file.id)?.();
});
uppy.on("upload-error", (file, error) => {
  if (!file) return;
  const { isTransientError = false, errorCode } = file.meta;
  const isGone = errorCode === FILE_UNREADABLE;
  changeItem(keyOf(file), {
    state: isGone ? "missing" : "failed",
    error: error.message,
    isTransientError,
    canRetry: !NEVER_ACCEPTED.has(errorCode ?? ""),
    ...(isGone && { source: null }),
  });
});

/** Shows which files wait, are sent or are paused. */
function showStates(): void {
  for (const [key, id] of fileIds) {
    const item = itemOf(key);
    if (!item || !isSending(item)) continue;
    const isPaused = uppy.getState().files[id]?.isPaused ?? false;
    const state = isPaused ? "paused" : scheduler.isRunning(key) ? "uploading" : "waiting";
    if (state !== item.state) changeItem(key, { state });
    if (state !== "uploading") restartRate(key);
  }
}

/** Sends a file, or waits for the tab that does. Returns when there is nothing more to do. */
async function run(key: string): Promise<void> {
  lives.get(key)?.abort();
  const life = new AbortController();
  lives.set(key, life);
  const wait = () => changeItem(key, { state: "elsewhere" });
  try {
    await withFileLock(key, life.signal, wait, (waited) => take(key, waited, life.signal));
  } catch (error) {
    if (!life.signal.aborted)
      changeItem(key, { state: "failed", error: toApiError(error).message });
  }
}

/** Runs with the lock of a file: continues where the last tab has stopped. */
async function take(key: string, waited: boolean, signal: AbortSignal): Promise<void> {
  if (waited) await readAgain(key);
  const item = itemOf(key);
  if (!item || item.entry.isUploaded) return;
  if (item.entry.link !== undefined) return followLink(key, signal, () => finish(key));
  const source = item.source ?? (await readFile(key)) ?? null;
  changeItem(key, { source, state: source ? "waiting" : "missing", error: item.error });
  if (source && !signal.aborted) await sendFile(item.entry, source, signal);
}

/** @returns when the file is sent, or no longer to be sent */
function sendFile(entry: UploadEntry, source: File, signal: AbortSignal): Promise<void> {
  const { key, fingerprint, uploadId, videoId, encrypted, alwaysEncode, draft } = entry;
  return new Promise((resolve) => {
    forgetTransfer(key);
    changeItem(key, { state: "waiting", error: null });
    const { category, language } = offeredPlace(draft);
    const id = uppy.addFile({
      name: entry.name,
      type: entry.contentType,
      data: source,
      meta: {
        key,
        relativePath: `${key} ${attempts++}`,
        ...(fingerprint !== null && { fingerprint }),
        ...(uploadId !== null && { uploadId }),
        ...(videoId !== null && { videoId }),
        encrypted,
        alwaysEncode,
        details: { category, ...(language && { language }) },
      },
    });
    fileIds.set(key, id);
    const end = () => {
      if (fileIds.get(key) === id) fileIds.delete(key);
      endings.delete(id);
      resolve();
    };
    endings.set(id, end);
    signal.addEventListener("abort", () => {
      if (uppy.getState().files[id]) uppy.removeFile(id);
      end();
    });
  });
}

function finish(key: string): void {
  changeItem(key, { state: "uploaded", error: null });
  forgetTransfer(key);
  changeEntryOf(key, { isUploaded: true });
  void dropFile(key);
  void forgetIfDone(key);
}

/** Follows what another tab did to an entry. */
async function readAgain(key: string): Promise<void> {
  const entry = await readEntry(key);
  const item = itemOf(key);
  if (!item) return;
  if (!entry) {
    // It was published and uploaded there, or removed.
    if (item.entry.publication !== "published") leave(key);
    else changeItem(key, { state: "uploaded", entry: { ...item.entry, isUploaded: true } });
    return;
  }
  changeItem(key, { entry, ...(entry.isUploaded && { state: "uploaded" as const }) });
  await publishIfWanted(key);
}

/** Ends what this tab does for a file, and takes it off the list. */
export function leave(key: string): void {
  lives.get(key)?.abort();
  lives.delete(key);
  queue.value = queue.value.filter(({ entry }) => entry.key !== key);
}

/** Adds the items that are not in the queue yet, in order, and starts them. */
export function enqueue(found: readonly QueueItem[]): void {
  const items = found.filter(({ entry }) => !itemOf(entry.key));
  queue.value = [...queue.value, ...items].toSorted(
    (one, other) => one.entry.position - other.entry.position,
  );
  for (const { entry, state } of items) {
    if (state !== "uploaded") void run(entry.key);
    void publishIfWanted(entry.key);
  }
}

/** Gives the bytes of a file back to its upload. */
export function attach(key: string, source: File): void {
  changeItem(key, { source, state: "waiting", error: null });
  void run(key);
}

export function retry(key: string): void {
  const id = fileIds.get(key);
  if (id === undefined) return void run(key);
  changeItem(key, { state: "waiting", error: null });
  void uppy.retryUpload(id);
}

export function setPaused(key: string, isPaused: boolean): void {
  const id = fileIds.get(key);
  const file = id === undefined ? undefined : uppy.getState().files[id];
  if (file && (file.isPaused ?? false) !== isPaused) uppy.pauseResume(file.id);
  showStates();
}

export function setAllPaused(isPaused: boolean): void {
  // Waiting files are paused before those whose slots they would take.
  const items = isPaused ? queue.value.toReversed() : queue.value;
  for (const item of items) if (isSending(item)) setPaused(item.entry.key, isPaused);
}

/** Takes a file off the list. Sent parts are deleted; a complete upload stays in My videos. */
export function remove(key: string): void {
  const entry = itemOf(key)?.entry;
  leave(key);
  if (entry?.uploadId && !entry.isUploaded) discardUpload(entry.uploadId);
  void removeEntry(key);
}

/** Moves a file up or down. */
export function move(key: string, by: -1 | 1): void {
  const items = [...queue.value];
  const from = items.findIndex(({ entry }) => entry.key === key);
  const [moved] = items.splice(from, 1);
  if (!moved) return;
  items.splice(Math.max(0, from + by), 0, moved);
  queue.value = items;
  items.forEach((item, position) => {
    if (item.entry.position !== position) changeEntryOf(item.entry.key, { position });
  });
}

/** Removes everything of the account that was signed in before. */
export function empty(): void {
  for (const { entry } of queue.value) leave(entry.key);
}

function warnBeforeUnload(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

/** Follows the browser, the other tabs and the queue itself. Called once. */
export function watchQueue(onNewEntry: (key: string) => void): void {
  onOtherTabs((key) => (itemOf(key) ? void readAgain(key) : onNewEntry(key)));
  const followNetwork = () => {
    isOnline.value = navigator.onLine;
    if (!navigator.onLine) return;
    for (const { entry, state, isTransientError } of queue.value)
      if (state === "failed" && isTransientError) retry(entry.key);
  };
  followNetwork();
  // Phones cut the connections of hidden pages.
  const changes = ["online", "offline", "visibilitychange"];
  for (const change of changes) addEventListener(change, followNetwork);
  effect(() => {
    const keys = queue.value.map(({ entry }) => entry.key);
    untracked(() => scheduler.setOrder(keys));
  });
  const isBusy = computed(() => totals.value?.moving ?? false);
  effect(() => {
    if (!isBusy.value) return undefined;
    const timer = setInterval(showTransfers, TICK_MS);
    return () => clearInterval(timer);
  });
  const isNeeded = computed(() => totals.value?.sending ?? false);
  effect(() => {
    if (!isNeeded.value) return undefined;
    addEventListener("beforeunload", warnBeforeUnload);
    return () => removeEventListener("beforeunload", warnBeforeUnload);
  });
  const isPending = computed(() => queue.value.some(({ entry }) => !entry.isUploaded));
  effect(() => setUploadsPending(isPending.value));
  effect(() => {
    const all = totals.value;
    uploadProgress.value = all?.moving ? Math.floor((100 * all.sent) / (all.size || 1)) : null;
    uploadsHere.value = new Map(
      queue.value
        .filter((item) => isMoving(item) && item.entry.videoId !== null)
        .map(({ entry }) => [
          entry.videoId ?? "",
          (transfers.value.get(entry.key)?.sent ?? 0) / (entry.size || 1),
        ]),
    );
  });
}
