import { computed, signal } from "@preact/signals";
import type { ApiError } from "../../api-error.ts";
import { secondsLeft } from "./transfer-rate.ts";
import { changeEntry, removeEntry, type UploadEntry } from "./upload-entries.ts";

/**
 * `reading`: the server reads the file from a link, with or without this tab. `elsewhere`: another tab sends the file.
 * `missing`: the browser does not have the file (any more), and it has to be chosen again.
 */
export type UploadState =
  | "waiting"
  | "elsewhere"
  | "uploading"
  | "reading"
  | "paused"
  | "failed"
  | "missing"
  | "uploaded";

/** A file of the queue, from this tab's point of view. */
export interface QueueItem {
  entry: UploadEntry;
  state: UploadState;
  source: File | null;
  /** Why the last attempt ended. */
  error: string | null;
  /** The next attempt may succeed. */
  isTransientError: boolean;
  /** Errors for which sending the file again is useless. */
  canRetry: boolean;
  /** Why it was not published: in general, and by field. */
  publishError: ApiError | null;
  fieldErrors: Record<string, string>;
}

export interface Transfer {
  /** Bytes. */
  sent: number;
  /** Bytes per second; null while unknown. */
  rate: number | null;
}

export const queue = signal<readonly QueueItem[]>([]);
/** Progress of the files that this tab sends, by key; updated a few times per second. */
export const transfers = signal<ReadonlyMap<string, Transfer>>(new Map());
/** Why files were not accepted, the newest last. */
export const refusals = signal<readonly string[]>([]);
/** A file that the account already has as a video. It is not sent until the creator confirms. */
export interface DuplicateFile {
  key: string;
  file: File;
  fingerprint: string;
  contentType: string;
  video: { id: string; title: string };
}

export const duplicateFiles = signal<readonly DuplicateFile[]>([]);

export function dropDuplicate(key: string): void {
  duplicateFiles.value = duplicateFiles.value.filter((duplicate) => duplicate.key !== key);
}

/** Keys of the files whose details are shown. */
export const expanded = signal<ReadonlySet<string>>(new Set());
export const isOnline = signal(true);
/** Whether audio becomes a video here. */
export const acceptsAudio = signal(true);

const SENDING: ReadonlySet<UploadState> = new Set(["waiting", "uploading", "paused"]);

/** Whether this tab has to stay open for the file. */
export const isSending = ({ state }: QueueItem): boolean => SENDING.has(state);

/** Whether more of the file is stored now and then. */
export const isMoving = (item: QueueItem): boolean => isSending(item) || item.state === "reading";

export function itemOf(key: string): QueueItem | undefined {
  return queue.value.find(({ entry }) => entry.key === key);
}

/** Changes an item, if it is still there. */
export function changeItem(key: string, change: Partial<QueueItem>): void {
  queue.value = queue.value.map((item) => (item.entry.key === key ? { ...item, ...change } : item));
}

/** Changes an entry here, in the browser's storage and in the other tabs. */
export function changeEntryOf(key: string, changed: Partial<UploadEntry>): void {
  const item = itemOf(key);
  if (!item) return;
  changeItem(key, { entry: { ...item.entry, ...changed } });
  void changeEntry(key, changed);
}

/** An uploaded and published file needs no entry any more. The row stays until it is cleared. */
export async function forgetIfDone(key: string): Promise<void> {
  const entry = itemOf(key)?.entry;
  if (entry?.isUploaded && entry.publication === "published") await removeEntry(key);
}

/** Bytes of an item that the storage has. */
export function sentBytes({ entry, state }: QueueItem): number {
  return state === "uploaded" ? entry.size : (transfers.value.get(entry.key)?.sent ?? 0);
}

/** The uploads of this tab together; null without one. */
export const totals = computed(() => {
  const items = queue.value.filter((item) => isMoving(item) || item.state === "uploaded");
  if (items.length === 0) return null;
  const size = items.reduce((sum, { entry }) => sum + entry.size, 0);
  const sent = items.reduce((sum, item) => sum + sentBytes(item), 0);
  const rates = [...transfers.value.values()].map(({ rate }) => rate);
  const rate = rates.some((one) => one !== null)
    ? rates.reduce<number>((sum, one) => sum + (one ?? 0), 0)
    : null;
  return {
    files: items.length,
    uploaded: items.filter((item) => item.state === "uploaded").length,
    /** Whether this tab has to stay open for some of them. */
    sending: items.some(isSending),
    moving: items.some(isMoving),
    allPaused: items.every((item) => !isSending(item) || item.state === "paused"),
    size,
    sent,
    rate,
    secondsLeft: secondsLeft(size - sent, rate),
  };
});
