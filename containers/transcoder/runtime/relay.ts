import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import { Backlog } from "./backlog.ts";
import { TaskFailure } from "./failure.ts";
import { BLOCK_BYTES, type SourceCache } from "./source-cache.ts";
import { PATIENCE, type Storage } from "./storage.ts";

/** Bytes read in a row; ffmpeg's looks are shorter. */
const AHEAD_AFTER = 4 * BLOCK_BYTES;
/** Milliseconds in which ffmpeg hangs up when it has seen enough. */
const LOOK_MS = 20;

/** One task's inputs as ffmpeg and we read them. */
export type Relay = AsyncDisposable & {
  /** Where a path of the storage is read on this machine; no other path is. */
  url: (path: string) => string;
  /**
   * Some bytes of an object, fewer where it ends, and the size of the whole.
   *
   * @throws TaskFailure `source_unreachable`
   */
  peek: (path: string, length: number, start?: number) => Promise<{ bytes: Buffer; size: number }>;
  /** Fires when an input cannot be read to its end; its reason is a TaskFailure. */
  signal: AbortSignal;
};

/**
 * Stands between ffmpeg and the storage. A connection that breaks looks to ffmpeg like a file that ends: it says
 * "partial file" of either, and some of its demuxers end without an error. Here a read that breaks goes on where it
 * broke, and if the storage is gone for good, or silent for so long that ffmpeg would leave, that is known for certain.
 *
 * @param patience milliseconds in which a block comes from the storage
 */
export const openRelay = async (
  storage: Storage,
  cache: SourceCache,
  patience = PATIENCE.block,
): Promise<Relay> => {
  const broken = new AbortController();
  // Other users of this machine cannot guess it.
  const base = `/${randomUUID()}/`;
  /** What ffmpeg was given; a source that refers to another object is refused it, cached or not. */
  const given = new Set<string>();

  const inTime = async <T>(coming: Promise<T>, path: string): Promise<T> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new TaskFailure("source_unreachable", `${path}: silent for ${patience} ms`)),
        patience,
      );
    });
    return Promise.race([coming, late]).finally(() => clearTimeout(timer));
  };

  const facts = new Map<string, ReturnType<Storage["head"]>>();
  const factsOf = (path: string): ReturnType<Storage["head"]> => {
    const known = facts.get(path);
    if (known !== undefined) return known;
    const asked = inTime(storage.head(path), path);
    facts.set(path, asked);
    asked.catch(() => facts.delete(path));
    return asked;
  };
  /**
   * Whoever has read for a while reads on, and has the next block fetched meanwhile.
   *
   * @param wanted resolves when the reader wants more than the bytes it was given, or with false when it is gone
   */
  const readOn = async function* (
    path: string,
    start: number,
    wanted: (given: number) => Promise<boolean>,
  ): AsyncGenerator<Buffer, void> {
    const { size, etag } = await factsOf(path);
    const name = (index: number): string => `${path} ${etag} ${index}`;
    const fetch = (index: number): Promise<Buffer> =>
      storage.read(path, index * BLOCK_BYTES, BLOCK_BYTES);
    let ahead: Promise<Buffer | undefined> | undefined;
    for (let offset = start; offset < size;) {
      const index = Math.floor(offset / BLOCK_BYTES);
      const next = (index + 1) * BLOCK_BYTES;
      if (!cache.has(name(index)) && !(await wanted(offset - start))) return;
      const came = ahead;
      ahead =
        offset - start >= AHEAD_AFTER && next < size
          ? cache.load(name(index + 1), () => fetch(index + 1)).catch(() => undefined)
          : undefined;
      const pieces = cache.read(
        name(index),
        offset - index * BLOCK_BYTES,
        async () => (await came) ?? fetch(index),
      );
      try {
        for (;;) {
          const { value, done } = await inTime(pieces.next(), path);
          if (value === undefined || done === true) break;
          yield value;
        }
      } finally {
        void pieces.return();
      }
      offset = next;
    }
  };

  const send = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = decodeURIComponent((request.url ?? "").slice(base.length));
    if (request.method !== "GET" || !request.url?.startsWith(base) || !given.has(path))
      return void response.writeHead(404).end();
    const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const { size } = await factsOf(path);
    if (start >= size)
      return void response.writeHead(416, { "content-range": `bytes */${size}` }).end();
    response.writeHead(206, {
      "accept-ranges": "bytes",
      "content-length": size - start,
      "content-range": `bytes ${start}-${size - 1}/${size}`,
    });
    const backlog = new Backlog(request.socket);
    const wanted = async (given: number): Promise<boolean> => {
      if (given > 0 && given < AHEAD_AFTER) await pause(LOOK_MS);
      await backlog.nearlyTaken();
      return !request.socket.destroyed;
    };
    await pipeline(Readable.from(readOn(path, start, wanted)), response);
  };
  const server = createServer((request, response) => {
    send(request, response).catch((error: unknown) => {
      // ffmpeg hangs up whenever it seeks: only what the storage does is a failure.
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
      given.add(path);
      return `http://127.0.0.1:${address.port}${base}${path.split("/").map(encodeURIComponent).join("/")}`;
    },
    peek: async (path, length, start = 0) => {
      const { size } = await factsOf(path);
      const parts: Buffer[] = [];
      let received = 0;
      for await (const part of readOn(path, start, async () => true)) {
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
};
