import { copySource, type SourcePart } from "./copied-source.ts";
import { judgeFile } from "./judge-file.ts";
import { identityOf, itemFor } from "./new-entries.ts";
import { expanded, itemOf } from "./queue-state.ts";
import { keepOnlyCopy, type UploadEntry, writeEntry } from "./upload-entries.ts";
import { enqueue, leave, remove } from "./upload-queue.ts";

/** Keys of rows that take the focus from the rows that they replace. */
const replacing = new Set<string>();

export const takesFocus = (key: string): boolean => replacing.delete(key);

/** Puts a part of a file in its place, with the same details. What was sent of the whole file is deleted. */
export async function trimFile(
  entry: UploadEntry,
  source: File,
  part: SourcePart,
  signal: AbortSignal,
): Promise<void> {
  const { accountId, contentType, name } = entry;
  const file = await copySource(source, { name, contentType, part }, signal);
  const verdict = await judgeFile(file, null, 0);
  if ("refusal" in verdict) throw new Error(verdict.refusal);
  const identity = await identityOf(accountId, file);
  // It may have been removed meanwhile, and its details have changed.
  const whole = itemOf(entry.key)?.entry;
  if (signal.aborted || !whole) return;
  // The same part may be in the list already.
  const listed = itemOf(identity.key)?.entry;
  if (listed && listed.publication !== "published") return remove(entry.key);
  if (listed) leave(identity.key);
  const trimmed: UploadEntry = {
    ...whole,
    ...identity,
    ...verdict,
    name: file.name,
    size: file.size,
    uploadId: null,
    videoId: null,
  };
  await writeEntry(trimmed);
  // There is no file on the device that the creator could choose again.
  void keepOnlyCopy(identity.key, file);
  remove(entry.key);
  replacing.add(identity.key);
  expanded.value = new Set([...expanded.value, identity.key]);
  enqueue([itemFor(trimmed, file)]);
}
