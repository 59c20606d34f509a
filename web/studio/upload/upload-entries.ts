import type { VideoDraft } from "../upload-draft.ts";

/** The part of an upload that survives the page: one file, its details as typed, and its progress. */
export interface UploadEntry {
  /** Key of the account and the file: the same file has one entry, even if it is chosen in several tabs. */
  key: string;
  accountId: string;
  /** Null if the browser cannot compute it: then only this browser recognises the file. */
  fingerprint: string | null;
  name: string;
  /** The link from which the server reads the file; empty if only another browser knows it. Local files have none. */
  link?: string;
  /** Bytes; 0 while the size of a file behind a link is unknown. */
  size: number;
  contentType: string;
  /** Whether its creator knows that the account has a video of this file. */
  isAgain?: boolean;
  draft: VideoDraft;
  /** The playlist that the video is put in when it is published. */
  playlistId: string | null;
  encrypted: boolean;
  alwaysEncode: boolean;
  /** Position in the queue; only the order matters. */
  position: number;
  uploadId: string | null;
  videoId: string | null;
  isUploaded: boolean;
  /** `wanted`: it is published as soon as the server has the video. */
  publication: "draft" | "wanted" | "published";
}

type StoreName = "entries" | "files";

const DATABASE = "kinora-uploads";
const CHANNEL = "kinora-uploads";

/**
 * Files up to this many bytes are copied into the browser's storage, so that their upload resumes automatically after a
 * reload. A larger file has to be chosen again, and then resumes as well.
 */
const MAX_KEPT_FILE_BYTES = 300_000_000;
const MAX_KEPT_BYTES = 600_000_000;

let database: Promise<IDBDatabase> | undefined;

function openDatabase(): Promise<IDBDatabase> {
  database ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("entries", { keyPath: "key" });
      request.result.createObjectStore("files");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("indexedDB"));
  });
  return database;
}

/** Resolves when the transaction is durable. @returns the result of the request */
async function transact<T>(
  name: StoreName,
  mode: IDBTransactionMode,
  action: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const opened = await openDatabase();
  return new Promise((resolve, reject) => {
    const transaction = opened.transaction(name, mode);
    const request = action(transaction.objectStore(name));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = () => reject(transaction.error ?? new Error("indexedDB"));
    transaction.onabort = () => reject(transaction.error ?? new Error("indexedDB"));
  });
}

/** Without storage (private windows, a full disk) uploads work, and end with the page. */
async function ifPossible<T>(action: Promise<T>): Promise<T | undefined> {
  try {
    return await action;
  } catch {
    return undefined;
  }
}

/** Notifies other tabs of changed entries, and receives their notifications. */
const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(CHANNEL) : null;

/** @param changed receives the key of an entry that another tab has changed or removed */
export function onOtherTabs(changed: (key: string) => void): void {
  channel?.addEventListener("message", (event: MessageEvent<string>) => changed(event.data));
}

/** The account's entries, in order. */
export async function readEntries(accountId: string): Promise<UploadEntry[]> {
  const all = await ifPossible(
    transact<UploadEntry[]>("entries", "readonly", (store) => store.getAll()),
  );
  return (all ?? [])
    .filter((entry) => entry.accountId === accountId)
    .toSorted((one, other) => one.position - other.position);
}

export function readEntry(key: string): Promise<UploadEntry | undefined> {
  return ifPossible(transact<UploadEntry | undefined>("entries", "readonly", (s) => s.get(key)));
}

export async function writeEntry(entry: UploadEntry): Promise<void> {
  await ifPossible(transact("entries", "readwrite", (store) => store.put(entry)));
  channel?.postMessage(entry.key);
}

/** Changes an entry in place, so that tabs do not undo each other's changes. One that was removed stays removed. */
export async function changeEntry(key: string, change: Partial<UploadEntry>): Promise<void> {
  await ifPossible(
    transact("entries", "readwrite", (store) => {
      const request = store.get(key) as IDBRequest<UploadEntry | undefined>;
      request.onsuccess = () => request.result && store.put({ ...request.result, ...change });
      return request;
    }),
  );
  channel?.postMessage(key);
}

export async function removeEntry(key: string): Promise<void> {
  await ifPossible(transact("entries", "readwrite", (store) => store.delete(key)));
  await dropFile(key);
  channel?.postMessage(key);
}

/** Keeps a copy of the file for after a reload, if it fits. @param keptBytes of the files that are kept already */
export async function keepFile(key: string, file: File, keptBytes: number): Promise<void> {
  if (file.size > MAX_KEPT_FILE_BYTES || keptBytes + file.size > MAX_KEPT_BYTES) return;
  await keepOnlyCopy(key, file);
}

/** Keeps a file of which there is no other copy, of any size. */
export async function keepOnlyCopy(key: string, file: File): Promise<void> {
  await ifPossible(transact("files", "readwrite", (store) => store.put(file, key)));
}

export function readFile(key: string): Promise<File | undefined> {
  return ifPossible(transact<File | undefined>("files", "readonly", (store) => store.get(key)));
}

export async function dropFile(key: string): Promise<void> {
  await ifPossible(transact("files", "readwrite", (store) => store.delete(key)));
}

/**
 * Runs an action while no other tab does the same with this file, and waits for its turn.
 * @param onWait is called when another tab has the file
 * @param action learns whether it had to wait
 */
export async function withFileLock(
  key: string,
  signal: AbortSignal,
  onWait: () => void,
  action: (waited: boolean) => Promise<void>,
): Promise<void> {
  // Plain HTTP has no locks.
  if (!("locks" in navigator)) return action(false);
  const name = `kinora-upload ${key}`;
  const isFree = await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
    if (lock) await action(false);
    return lock !== null;
  });
  if (isFree) return;
  onWait();
  await navigator.locks.request(name, { signal }, () => action(true));
}
