import type { UploadRoom } from "../../../workers/contract/uploads.ts";
import { SIGNATURE_BYTES } from "../../../workers/domain/file-signatures.ts";
import { mediaTypeOf } from "../../../workers/domain/uploads.ts";
import { t } from "../../i18n/translate.ts";
import { fileSize } from "../../file-size.ts";

/** A file that can be uploaded, with the type to send; or a sentence that explains why it cannot. */
export type Verdict = { contentType: string } | { refusal: string };

/**
 * Judges a file before it is sent, as the server would, but also by its first bytes.
 * @param room what the account may still upload; null until the server has answered
 * @param pendingBytes of files that wait and are not part of `room` yet
 */
export async function judgeFile(
  file: File,
  room: UploadRoom | null,
  pendingBytes: number,
): Promise<Verdict> {
  const { name } = file;
  if (file.size === 0) return { refusal: t("upload.refusedEmpty", { name }) };
  if (room && file.size > room.maxFileBytes)
    return {
      refusal: t("upload.refusedSize", {
        name,
        size: fileSize(file.size),
        limit: fileSize(room.maxFileBytes),
      }),
    };
  const head = await readHead(file);
  if (!head) return { refusal: t("upload.refusedUnreadable", { name }) };
  const contentType = mediaTypeOf(file, head, room?.audio ?? true);
  if (contentType === null) return { refusal: t("upload.refusedKind", { name }) };
  const free = room ? Math.max(0, room.quotaBytes - room.usedBytes - pendingBytes) : Infinity;
  if (file.size > free)
    return {
      refusal: t("upload.refusedQuota", {
        name,
        size: fileSize(file.size),
        free: fileSize(free),
      }),
    };
  return { contentType };
}

/** @returns null for a file that was moved, deleted or locked since it was chosen, and for a folder */
async function readHead(file: File): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(await file.slice(0, SIGNATURE_BYTES).arrayBuffer());
  } catch {
    return null;
  }
}
