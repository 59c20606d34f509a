import { getUpload, getVideo, listOpenUploads } from "../../api.ts";
import { effect, untracked } from "@preact/signals";
import { ApiError } from "../../api-error.ts";
import { account as signedIn } from "../../session.ts";
import type { OpenUpload, UploadRoom } from "../../../workers/contract/uploads.ts";
import { findDuplicates } from "../own-videos-api.ts";
import { judgeFile } from "./judge-file.ts";
import { identityOf, itemFor, keyFor, newEntry } from "./new-entries.ts";
import {
  acceptsAudio,
  changeEntryOf,
  dropDuplicate,
  duplicateFiles,
  type DuplicateFile,
  expanded,
  itemOf,
  queue,
  refusals,
} from "./queue-state.ts";
import {
  keepFile,
  readEntries,
  readEntry,
  readFile,
  removeEntry,
  type UploadEntry,
  writeEntry,
} from "./upload-entries.ts";
import { nameOfLink } from "./link-upload.ts";
import { attach, empty, enqueue, leave, remove, retry, watchQueue } from "./upload-queue.ts";
import { t } from "../../i18n/translate.ts";

let accountId: string | null = null;
let isWatching = false;
/** Files are processed one after another, after those left from the last visit. */
let ready: Promise<void> = Promise.resolve();
let room: UploadRoom | null = null;

/** Continues with the account's uploads. Repeating it is harmless. */
export function openQueue(account: string): void {
  if (accountId === account) return;
  if (!isWatching) watchQueue((key) => void followNewEntry(key));
  isWatching = true;
  empty();
  accountId = account;
  ready = restore(account);
}

/** Ends this tab's uploads with the session. They continue when the account signs in again. */
effect(() => {
  if (signedIn.value !== null || accountId === null) return;
  accountId = null;
  duplicateFiles.value = [];
  untracked(empty);
});

/** Adds files to the queue in this order. */
export function addFiles(files: readonly File[]): void {
  ready = ready.catch(reportError).then(async () => {
    refusals.value = [];
    takeRoom(await listOpenUploads().catch(() => null));
    const wanted = files.filter((file) => !isSystemFile(file));
    const isOnly = wanted.length === 1 && queue.value.length === 0;
    for (const file of wanted) await addFile(file, isOnly);
  });
}

/** Adds files to the queue that the server reads from links. */
export function addLinks(links: readonly string[]): void {
  ready = ready.catch(reportError).then(async () => {
    refusals.value = [];
    const isOnly = links.length === 1 && queue.value.length === 0;
    for (const link of links) await addLink(link, isOnly);
  });
}

async function addLink(link: string, isOnly: boolean): Promise<void> {
  const account = accountId;
  if (account === null) return;
  const key = keyFor(account, `link ${link}`);
  const known = itemOf(key);
  if (known?.state === "failed") return retry(key);
  if (known && known.entry.publication !== "published")
    return refuse(t("upload.alreadyListed", { name: known.entry.name }));
  if (known) leave(key);
  const identity = { key, accountId: account, fingerprint: null, name: nameOfLink(link) };
  const entry = { ...newEntry(identity, 0), link };
  await writeEntry(entry);
  enqueue([itemFor(entry, null)]);
  if (isOnly) expanded.value = new Set([key]);
}

/** Ends the upload of a video that was deleted. */
export function removeVideo(videoId: string): void {
  for (const { entry } of queue.value) if (entry.videoId === videoId) remove(entry.key);
}

/** @param answer null without one: then what was known stays */
function takeRoom(answer: { room: UploadRoom } | null): void {
  if (answer === null) return;
  room = answer.room;
  acceptsAudio.value = room.audio;
}

/** Files that operating systems create in folders. */
function isSystemFile({ name }: File): boolean {
  return name.startsWith(".") || /^(?:thumbs\.db|desktop\.ini)$/i.test(name);
}

function refuse(reason: string): void {
  refusals.value = [...refusals.value, reason];
}

/** @param isOnly whether its details are shown at once */
async function addFile(file: File, isOnly: boolean): Promise<void> {
  const account = accountId;
  if (account === null) return;
  const waiting = queue.value.filter(({ entry }) => entry.uploadId === null);
  const pendingBytes = waiting.reduce((sum, { entry }) => sum + entry.size, 0);
  const { key, fingerprint } = await identityOf(account, file);
  const known = itemOf(key);
  const verdict = await judgeFile(file, known ? null : room, pendingBytes);
  if ("refusal" in verdict) return refuse(verdict.refusal);
  if (known && (known.state === "missing" || known.state === "failed")) {
    void keepFile(key, file, keptBytes());
    changeEntryOf(key, verdict);
    return attach(key, file);
  }
  if (known && known.entry.publication !== "published")
    return refuse(t("upload.alreadyListed", { name: file.name }));
  const video = fingerprint === null ? null : await videoOf(fingerprint, file.size);
  if (video === null || fingerprint === null)
    return take({ key, file, fingerprint, ...verdict }, isOnly);
  dropDuplicate(key);
  const duplicate: DuplicateFile = { key, file, fingerprint, video, ...verdict };
  duplicateFiles.value = [...duplicateFiles.value, duplicate];
}

/** Uploads a file again although the account has a video of it. */
export function uploadAgain(duplicate: DuplicateFile): void {
  dropDuplicate(duplicate.key);
  ready = ready
    .catch(reportError)
    .then(() => take({ ...duplicate, isAgain: true }, queue.value.length === 0));
}

type NewFile = Pick<DuplicateFile, "key" | "file" | "contentType"> &
  Pick<UploadEntry, "fingerprint" | "isAgain">;

/** Puts a file into the queue, from where it is sent. */
async function take(
  { key, file, fingerprint, contentType, isAgain }: NewFile,
  isOnly: boolean,
): Promise<void> {
  const account = accountId;
  if (account === null) return;
  // The row of its last upload, which is done.
  if (itemOf(key)) leave(key);
  const identity = { key, accountId: account, fingerprint, name: file.name };
  const entry = { ...newEntry(identity, file.size), contentType, ...(isAgain && { isAgain }) };
  await writeEntry(entry);
  void keepFile(key, file, keptBytes());
  enqueue([itemFor(entry, file)]);
  if (isOnly) expanded.value = new Set([key]);
}

/** A video of the account made from the same file. Without a response, the file counts as new. */
async function videoOf(fingerprint: string, size: number): Promise<DuplicateFile["video"] | null> {
  const [video] = await findDuplicates(fingerprint, size).catch(() => []);
  return video ?? null;
}

/** Bytes of the files that the browser's storage keeps, or will. */
function keptBytes(): number {
  const unsent = queue.value.filter(({ entry, source }) => !entry.isUploaded && source);
  return unsent.reduce((sum, { entry }) => sum + entry.size, 0);
}

/** The uploads of earlier visits, of other tabs and of other devices. */
async function restore(account: string): Promise<void> {
  const [entries, server] = await Promise.all([
    readEntries(account),
    listOpenUploads().catch(() => null),
  ]);
  room = null;
  takeRoom(server);
  const settled = await Promise.all(entries.map((entry) => settle(entry, server?.items ?? null)));
  const kept = settled.filter((entry) => entry !== null);
  const items = await Promise.all(
    kept.map(async (entry) => {
      const source = entry.isUploaded ? null : ((await readFile(entry.key)) ?? null);
      return itemFor(entry, source);
    }),
  );
  if (accountId !== account) return;
  enqueue(items);
  const known = new Set(entries.flatMap(({ uploadId, key }) => [uploadId, key]));
  for (const upload of (server?.items ?? []).toReversed()) {
    const entry = entryOf(account, upload);
    if (!entry || known.has(entry.key) || known.has(entry.uploadId)) continue;
    await writeEntry(entry);
    enqueue([itemFor(entry, null)]);
  }
}

/** An upload that another browser has started. Null for an upload by a script, which recognises its files itself. */
function entryOf(account: string, upload: OpenUpload): UploadEntry | null {
  const { fingerprint, filename: name, size, id: uploadId, videoId } = upload;
  if (fingerprint === null && upload.link === null) return null;
  const key = keyFor(account, fingerprint ?? `link ${uploadId}`);
  const entry = newEntry({ key, accountId: account, fingerprint, name }, upload.link?.size ?? size);
  return { ...entry, uploadId, videoId, ...(upload.link && { link: "" }) };
}

/**
 * The state of an upload since the last visit.
 * @param open null if the server did not answer: then nothing changes
 */
async function settle(
  entry: UploadEntry,
  open: readonly OpenUpload[] | null,
): Promise<UploadEntry | null> {
  const { key, uploadId, videoId } = entry;
  if (open === null || uploadId === null || open.some(({ id }) => id === uploadId)) return entry;
  const upload = await getUpload(uploadId).catch(() => null);
  // The reason why a link could not be read is shown.
  if (upload?.state === "aborted" && !upload.link?.error) return forget(key);
  const isUploaded = entry.isUploaded || upload?.state === "completed";
  if (!isUploaded || videoId === null) return entry;
  const visibility = await getVideo(videoId).then(
    (video) => video.visibility,
    (error: unknown) => (error instanceof ApiError && error.status === 404 ? null : "private"),
  );
  // It was published here or elsewhere, or deleted.
  if (entry.publication === "published" || visibility !== "private") return forget(key);
  const settled = { ...entry, isUploaded };
  await writeEntry(settled);
  return settled;
}

async function forget(key: string): Promise<null> {
  await removeEntry(key);
  return null;
}

/** Another tab has taken a file. */
async function followNewEntry(key: string): Promise<void> {
  await ready;
  const entry = await readEntry(key);
  if (entry && entry.accountId === accountId) enqueue([itemFor(entry, null)]);
}
