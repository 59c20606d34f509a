import { titleFromFilename } from "../../../workers/domain/titles.ts";
import { EMPTY_DRAFT } from "../upload-draft.ts";
import { fingerprintOf } from "./file-identity.ts";
import { type QueueItem, queue } from "./queue-state.ts";
import { loadDefaults, type UploadDefaults } from "./upload-defaults.ts";
import type { UploadEntry } from "./upload-entries.ts";

type Identity = Pick<UploadEntry, "key" | "accountId" | "fingerprint" | "name">;

export function newEntry(
  identity: Identity,
  size: number,
  defaults: UploadDefaults = loadDefaults(),
): UploadEntry {
  const { playlistId, encrypted, alwaysEncode, ...details } = defaults;
  return {
    ...identity,
    size,
    contentType: "",
    draft: { ...EMPTY_DRAFT, ...details, title: titleFromFilename(identity.name) },
    playlistId,
    encrypted,
    alwaysEncode,
    position: Math.max(-1, ...queue.value.map(({ entry }) => entry.position)) + 1,
    uploadId: null,
    videoId: null,
    isUploaded: false,
    publication: "draft",
  };
}

export function itemFor(entry: UploadEntry, source: File | null): QueueItem {
  return {
    entry,
    source,
    state: entry.isUploaded
      ? "uploaded"
      : source || entry.link !== undefined
        ? "waiting"
        : "missing",
    error: null,
    isTransientError: false,
    canRetry: true,
    publishError: null,
    fieldErrors: {},
  };
}

export const keyFor = (account: string, identity: string): string => `${account} ${identity}`;

/** @returns the key of a file, and its fingerprint, null if the browser cannot compute it or cannot read the file */
export async function identityOf(
  account: string,
  file: File,
): Promise<{ key: string; fingerprint: string | null }> {
  const fingerprint = "subtle" in crypto ? await fingerprintOf(file).catch(() => null) : null;
  const identity = fingerprint ?? `${file.name} ${file.size} ${file.lastModified}`;
  return { key: keyFor(account, identity), fingerprint };
}
