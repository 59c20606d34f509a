import { isBannedWithAnother, refuseBanned } from "../../db/banned-sources.ts";
import { type Catalog, catalog, runBatch } from "../../db/client.ts";
import { findStorageCheck, noteProblem, noteSourceHash } from "../../db/storage-checks.ts";
import { findVideo } from "../../db/videos.ts";
import { log } from "../../log.ts";

/** Each range is a separate request: no connection has to last for minutes. */
const RANGE_BYTES = 256 * 1024 ** 2;
/**
 * After this many bytes it pauses for other work. On a laptop one thread does all the work of the Worker, and reading
 * gigabytes without a pause would block the whole site.
 */
const PIECE_BYTES = 4 * 1024 ** 2;
/** Otherwise the runtime gives out 4 KiB at a time, and most of the processor time goes to that. */
const READ_BYTES = 1024 ** 2;
/** A message that was delivered twice does not read the file twice. */
const MIN_INTERVAL_MS = 3_600_000;

/**
 * Reads the whole uploaded file of a video. Its SHA-256 is stored the first time, and compared later. The plan task
 * reads only what it needs of the file, so this is done here, where reading costs one request per 256 MB and no runner.
 */
export async function hashSource(
  env: Pick<Env, "CATALOG" | "MEDIA">,
  videoId: string,
  now: number,
): Promise<void> {
  const db = catalog(env);
  const key = await wantedSource(db, videoId);
  if (key === null) return;
  const before = await findStorageCheck(db, videoId);
  if (before?.sourceSha256 && (before.sourceCheckedAt ?? 0) > now - MIN_INTERVAL_MS) return;
  const isWanted = async () => (await wantedSource(db, videoId)) === key;
  const sha256 = await sha256Of(env.MEDIA, key, isWanted);
  // If it is missing, the comparison of lists reports that.
  if (sha256 === null) return;
  if (before?.sourceSha256 && before.sourceSha256 !== sha256) {
    log("storage.lost", { videoId, key, problem: "source_changed" });
    return noteProblem(db, videoId, "source_changed", now);
  }
  await noteSourceHash(db, videoId, sha256, now);
  if (await isBannedWithAnother(db, sha256, videoId)) {
    await runBatch(db, refuseBanned(db, videoId, now));
    log("video.banned-source", { videoId });
  }
  log("storage.hashed", { videoId, milliseconds: Date.now() - now });
}

/** The key of a video's source; null if there is none or the video is in the bin: restoring it sends the message again. */
async function wantedSource(db: Catalog, videoId: string): Promise<string | null> {
  const video = await findVideo(db, videoId);
  return video && video.deletedAt === null && video.erasedAt === null ? video.sourceKey : null;
}

/**
 * SHA-256 of an object in hex; null if there is no object, or the hash is no longer needed.
 * @param isWanted called before each range except the first
 * @throws Error if the object changes or ends early
 */
async function sha256Of(
  bucket: R2Bucket,
  key: string,
  isWanted: () => Promise<boolean>,
): Promise<string | null> {
  const head = await bucket.head(key);
  if (!head) return null;
  const digest = new crypto.DigestStream("SHA-256");
  const writer = digest.getWriter();
  let bytes = 0;
  let begun = Date.now();
  for (let offset = 0; offset < head.size; offset += RANGE_BYTES) {
    if (offset > 0 && !(await isWanted())) return null;
    const length = Math.min(RANGE_BYTES, head.size - offset);
    const part = await bucket.get(key, {
      range: { offset, length },
      onlyIf: { etagMatches: head.etag },
    });
    if (!part || !("body" in part)) throw new Error(`${key} changed while it was read.`);
    const reader = part.body.getReader({ mode: "byob" });
    let buffer = new Uint8Array(READ_BYTES);
    for (;;) {
      const { value } = await reader.readAtLeast(READ_BYTES, buffer);
      // Only the end of the range gives nothing.
      if (value === undefined || value.byteLength === 0) break;
      await writer.write(value);
      bytes += value.byteLength;
      buffer = new Uint8Array(value.buffer);
      if (bytes < PIECE_BYTES) continue;
      // Waits as long as the piece took, so that half of the time is left for other work.
      await scheduler.wait(Date.now() - begun);
      bytes = 0;
      begun = Date.now();
    }
  }
  await writer.close();
  return [...new Uint8Array(await digest.digest)]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
