import { NO_QUOTA, quotaOf, usage } from "../../db/upload-usage.ts";
import { restartLink } from "../../db/upload-links.ts";
import { byteSize } from "../../domain/byte-size.ts";
import { AppError } from "../../domain/errors.ts";
import { MAX_PARTS } from "../../domain/uploads.ts";
import { sendPart } from "../../media/multipart.ts";
import { LinkInterrupted, openLink } from "../../services/link-source.ts";
import { LinkParts, type LinkReading, TIMEOUT_PART_MS } from "./link-parts.ts";

/** The invocation of a queue's consumer ends after 15 minutes. */
const STREAM_MS = 12 * 60_000;
/** One invocation may run 72 of them, with three statements each. */
const RECORD_INTERVAL_MS = 10_000;

const tooSlow = () =>
  new AppError(
    "link_too_slow",
    "The server of this link does not support partial downloads, and did not finish within 12 minutes. Download the file and upload it.",
  );

/** The next bytes of a body: as many, or fewer at its end. A plain read gives out 4 KiB at a time. */
async function take(
  reader: ReadableStreamBYOBReader,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const { value } = await reader.readAtLeast(length, new Uint8Array(length));
  return value ?? new Uint8Array(0);
}

/**
 * Reads a file as one stream, from a server that does not support ranges or sends no validator.
 * @returns true: it is stored
 * @throws AppError link_too_slow, file_too_large, quota_exceeded, empty_file
 * @throws LinkLost
 */
export async function readStream(reading: LinkReading): Promise<true> {
  const { env, db, upload, link, held, startedAt } = reading;
  const ended = AbortSignal.timeout(STREAM_MS);
  await restartLink(db, held);
  const { response } = await openLink(env, link.url, {}, ended);
  if (!response.body) throw new LinkInterrupted("The server of this link sent nothing.");
  const reader = response.body.getReader({ mode: "byob" });
  const parts = new LinkParts(reading, RECORD_INTERVAL_MS, 0);
  const { key, multipartId, partSize } = upload;
  let partNumber = 0;
  try {
    for (;;) {
      if (Date.now() - startedAt > STREAM_MS) throw tooSlow();
      const bytes = await inTime(take(reader, partSize), ended);
      if (bytes.byteLength === 0) break;
      partNumber++;
      checkSize(reading, parts.bytes + bytes.byteLength, partNumber);
      const part = { key, multipartId, partNumber, length: bytes.byteLength };
      const etag = await sendPart(env, part, bytes);
      const isRecorded = await parts.add({ partNumber, etag }, bytes.byteLength);
      if (isRecorded) await checkRoom(reading);
      if (bytes.byteLength < partSize) break;
    }
    if (parts.bytes === 0) throw new AppError("empty_file", "The file behind the link is empty.");
    if (link.size !== null && parts.bytes < link.size)
      throw new LinkInterrupted("The server of this link ended before the file did.");
    await parts.record(partNumber);
    await checkRoom(reading);
    return true;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** @throws AppError link_too_slow @throws LinkInterrupted where the server breaks off, or sends nothing for too long */
async function inTime<T>(read: Promise<T>, ended: AbortSignal): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("timeout")), TIMEOUT_PART_MS);
  });
  try {
    return await Promise.race([read, timeout]);
  } catch (cause) {
    if (ended.aborted) throw tooSlow();
    throw new LinkInterrupted("The server of this link broke off.", { cause });
  } finally {
    clearTimeout(timer);
  }
}

function checkSize({ env, link }: LinkReading, bytes: number, partNumber: number): void {
  if (link.size !== null && bytes > link.size)
    throw new AppError("link_changed", "The file behind the link is larger than its server said.");
  const maxBytes = Number(env.MAX_UPLOAD_BYTES);
  if (bytes > maxBytes || partNumber > MAX_PARTS)
    throw new AppError(
      "file_too_large",
      `The file behind the link is too large. A file can have at most ${byteSize(maxBytes)}.`,
    );
}

/** A file of unknown size counts with its stored bytes. */
async function checkRoom({ env, db, upload, link }: LinkReading): Promise<void> {
  if (link.size !== null) return;
  const [used, quota] = await db.batch([usage(db, upload.ownerId), quotaOf(db, upload.ownerId)]);
  const { bytes } = quota[0] ?? NO_QUOTA;
  const quotaBytes = bytes ?? Number(env.QUOTA_BYTES);
  if ((used[0]?.bytes ?? 0) > quotaBytes)
    throw new AppError(
      "quota_exceeded",
      `The file behind the link would exceed your storage quota of ${byteSize(quotaBytes)}. Delete videos you no longer need, then empty your bin.`,
    );
}
