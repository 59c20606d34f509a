import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import { Backlog } from "./backlog.ts";
import { TaskFailure } from "./failure.ts";
import { BLOCK_BYTES, type SourceCache } from "./source-cache.ts";
import { RETRY_POLICY, type Storage } from "./storage.ts";

/** Bytes read consecutively before the next block is prefetched; ffmpeg's short reads after a seek are below this. */
const PREFETCH_AFTER_BYTES = 4 * BLOCK_BYTES;
/** ffmpeg closes the connection within this time once it has read enough. */
const HANG_UP_MS = 20;

/** Serves the inputs of one task to ffmpeg, and to our own code. */
export interface Relay extends AsyncDisposable {
  /** The local URL of a storage path. The relay refuses paths for which this was not called. */
  url: (path: string) => string;
  /**
   * Reads up to `length` bytes of an object, fewer at its end.
   *
   * @returns the bytes, and the size of the whole object
   * @throws TaskFailure `source_unreachable`
   */
  peek: (path: string, length: number, start?: number) => Promise<{ bytes: Buffer; size: number }>;
  /** Fires when an input cannot be read. Its reason is a TaskFailure. */
  signal: AbortSignal;
}

/**
 * Starts a local HTTP server between ffmpeg and the storage. To ffmpeg a broken connection looks like the end of the
 * file: it reports "partial file" for either, and some demuxers end without an error. The relay resumes broken reads,
 * and if the storage stays unreachable or silent, it fails the task with the true reason.
 *
 * @param blockTimeoutMs how long a block may take to arrive, retries included
 */
export async function openRelay(
  storage: Storage,
  cache: SourceCache,
  blockTimeoutMs = RETRY_POLICY.blockTimeoutMs,
): Promise<Relay> {
  const broken = new AbortController();
  // A random path that other users of this host cannot guess.
  const base = `/${randomUUID()}/`;
  /** Paths that were handed to ffmpeg. If a source refers to another object, the relay refuses it, cached or not. */
  const allowed = new Set<string>();

  async function withTimeout<T>(pending: Promise<T>, path: string): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () =>
          reject(
            new TaskFailure("source_unreachable", `${path}: no data for ${blockTimeoutMs} ms`),
          ),
        blockTimeoutMs,
      );
    });
    return Promise.race([pending, timeout]).finally(() => clearTimeout(timer));
  }

  const heads = new Map<string, ReturnType<Storage["head"]>>();
  function headOf(path: string): ReturnType<Storage["head"]> {
    const known = heads.get(path);
    if (known !== undefined) return known;
    const pending = withTimeout(storage.head(path), path);
    heads.set(path, pending);
    pending.catch(() => heads.delete(path));
    return pending;
  }

  /**
   * Reads an object from `start` to its end. A reader that has read for a while will likely continue, so the next block
   * is then prefetched, as is every block of a read whose length is known.
   *
   * @param length bytes that are read in any case
   * @param isWanted resolves with true when the reader is ready for more than `sent` bytes, with false when it is gone
   */
  async function* readFrom(
    path: string,
    start: number,
    length: number,
    isWanted: (sent: number) => Promise<boolean>,
  ): AsyncGenerator<Buffer, void> {
    const { size, etag } = await headOf(path);
    const name = (index: number): string => `${path} ${etag} ${index}`;
    function fetchBlock(index: number): Promise<Buffer> {
      return storage.read(path, index * BLOCK_BYTES, BLOCK_BYTES);
    }
    let prefetched: Promise<Buffer | undefined> | undefined;
    for (let offset = start; offset < size;) {
      const index = Math.floor(offset / BLOCK_BYTES);
      const next = (index + 1) * BLOCK_BYTES;
      if (!cache.has(name(index)) && !(await isWanted(offset - start))) return;
      const block = prefetched;
      const isNextWanted = next < start + length || offset - start >= PREFETCH_AFTER_BYTES;
      prefetched =
        isNextWanted && next < size
          ? cache.load(name(index + 1), () => fetchBlock(index + 1)).catch(() => undefined)
          : undefined;
      const parts = cache.read(
        name(index),
        offset - index * BLOCK_BYTES,
        async () => (await block) ?? fetchBlock(index),
      );
      try {
        for (;;) {
          const { value, done } = await withTimeout(parts.next(), path);
          if (value === undefined || done === true) break;
          yield value;
        }
      } finally {
        void parts.return();
      }
      offset = next;
    }
  }

  async function send(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent((request.url ?? "").slice(base.length));
    if (request.method !== "GET" || !request.url?.startsWith(base) || !allowed.has(path))
      return void response.writeHead(404).end();
    const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const { size } = await headOf(path);
    if (start >= size)
      return void response.writeHead(416, { "content-range": `bytes */${size}` }).end();
    response.writeHead(206, {
      "accept-ranges": "bytes",
      "content-length": size - start,
      "content-range": `bytes ${start}-${size - 1}/${size}`,
    });
    const backlog = new Backlog(request.socket);
    async function isWanted(sent: number): Promise<boolean> {
      if (sent > 0 && sent < PREFETCH_AFTER_BYTES) await pause(HANG_UP_MS);
      await backlog.nearlyRead();
      return !request.socket.destroyed;
    }
    await pipeline(Readable.from(readFrom(path, start, 0, isWanted)), response);
  }
  const server = createServer((request, response) => {
    send(request, response).catch((error: unknown) => {
      // ffmpeg closes the connection at every seek. Only a storage error fails the task.
      if (error instanceof TaskFailure) broken.abort(error);
      response.destroy();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the relay has no port");
  return {
    url: (path) => {
      allowed.add(path);
      return `http://127.0.0.1:${address.port}${base}${path.split("/").map(encodeURIComponent).join("/")}`;
    },
    peek: async (path, length, start = 0) => {
      const { size } = await headOf(path);
      const parts: Buffer[] = [];
      let received = 0;
      for await (const part of readFrom(path, start, length, async () => true)) {
        parts.push(part);
        received += part.length;
        if (received >= length) break;
      }
      return { bytes: Buffer.concat(parts).subarray(0, length), size };
    },
    signal: broken.signal,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
