import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { retryFor } from "../api-client.ts";

/** A connection that delivers nothing for this long is closed, and the download continues with a new one. */
const STALL_TIMEOUT_MS = 60_000;

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** Bytes of a file; null if there is none. */
export async function sizeOf(path: string): Promise<number | null> {
  return (await stat(path).catch(() => null))?.size ?? null;
}

/**
 * Downloads a file. Received bytes are kept next to it as `.part`, so that another attempt, even in another run,
 * continues there: the stored ETag shows whether it is still the same file.
 * @throws Error when nothing arrives within `retryMs` since the last byte, or the checksum is wrong
 */
export async function fetchFile(
  url: string,
  path: string,
  expected: { bytes: number | null; sha256: string | null },
  retryMs: number,
): Promise<{ bytes: number; sha256: string }> {
  const part = `${path}.part`;
  const etagFile = `${part}.etag`;
  let before = -1;
  for (;;) {
    try {
      await retryFor(retryMs, () => receive(url, part, etagFile));
      break;
    } catch (error) {
      // Every received byte restarts the timer.
      const now = (await sizeOf(part)) ?? 0;
      if (now <= before) throw error;
      before = now;
    }
  }
  const bytes = (await sizeOf(part)) ?? 0;
  const sha256 = await sha256Of(part);
  const isWhole = expected.bytes === null || expected.bytes === bytes;
  if (!isWhole || (expected.sha256 !== null && expected.sha256 !== sha256)) {
    await Promise.all([rm(part, { force: true }), rm(etagFile, { force: true })]);
    throw new Error(`${path} has arrived, but it is not the file that it should be.`);
  }
  await rename(part, path);
  await rm(etagFile, { force: true });
  return { bytes, sha256 };
}

/** One request for the missing bytes. @throws Error when it is interrupted */
async function receive(url: string, part: string, etagFile: string): Promise<void> {
  const etag = await readFile(etagFile, "utf8").catch(() => null);
  const offset = etag === null ? 0 : ((await sizeOf(part)) ?? 0);
  const headers: Record<string, string> =
    etag !== null && offset > 0 ? { range: `bytes=${offset}-`, "if-range": etag } : {};
  const stalled = new AbortController();
  let timer = setTimeout(() => stalled.abort(), STALL_TIMEOUT_MS);
  try {
    const response = await fetch(url, { headers, signal: stalled.signal });
    // Everything has already arrived.
    if (response.status === 416 && offset > 0) return;
    if (!response.ok || !response.body)
      throw new Error(`${new URL(url).pathname} answered ${response.status}.`);
    await writeFile(etagFile, response.headers.get("etag") ?? "");
    const flags = response.status === 206 ? "a" : "w";
    async function* alive(chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        clearTimeout(timer);
        timer = setTimeout(() => stalled.abort(), STALL_TIMEOUT_MS);
        yield chunk;
      }
    }
    const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
    await pipeline(body, alive, createWriteStream(part, { flags }));
  } finally {
    clearTimeout(timer);
  }
}
