import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { TaskFailure } from "./failure.ts";
import type { Storage } from "./storage.ts";

/** A task looks at its source up to a hundred times, and every look begins with the header. */
const HEAD_BYTES = 1024 * 1024;

/** One task's inputs as ffmpeg reads them. */
export type Relay = AsyncDisposable & {
  /** Where a path of the storage is read on this machine. */
  url: (path: string) => string;
  /** Fires when an input cannot be read to its end; its reason is a TaskFailure. */
  signal: AbortSignal;
};

/**
 * Stands between ffmpeg and the storage. A connection that breaks looks to ffmpeg like a file that ends: it says
 * "partial file" of either, and some of its demuxers end without an error. Here a read that breaks goes on where it
 * broke, and if the storage is gone for good, that is known for certain.
 */
export const openRelay = async (storage: Storage): Promise<Relay> => {
  const broken = new AbortController();
  // Other users of this machine cannot guess it.
  const base = `/${randomUUID()}/`;

  const heads = new Map<string, ReturnType<Storage["peek"]>>();
  const headOf = (path: string): ReturnType<Storage["peek"]> => {
    const known = heads.get(path);
    if (known !== undefined) return known;
    const head = storage.peek(path, HEAD_BYTES);
    heads.set(path, head);
    head.catch(() => heads.delete(path));
    return head;
  };
  const open = async (path: string, start: number): ReturnType<Storage["open"]> => {
    if (start >= HEAD_BYTES) return storage.open(path, start);
    const { bytes: head, size } = await headOf(path);
    const bytes = async function* (): AsyncGenerator<Uint8Array, void> {
      yield head.subarray(start);
      if (head.length < size) yield* (await storage.open(path, head.length)).bytes;
    };
    return { size, bytes: bytes() };
  };

  const send = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? "";
    if (request.method !== "GET" || !path.startsWith(base))
      return void response.writeHead(404).end();
    const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const { size, bytes } = await open(decodeURIComponent(path.slice(base.length)), start);
    if (start >= size)
      return void response.writeHead(416, { "content-range": `bytes */${size}` }).end();
    response.writeHead(206, {
      "accept-ranges": "bytes",
      "content-length": size - start,
      "content-range": `bytes ${start}-${size - 1}/${size}`,
    });
    await pipeline(Readable.from(bytes), response);
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
    url: (path) =>
      `http://127.0.0.1:${address.port}${base}${path.split("/").map(encodeURIComponent).join("/")}`,
    signal: broken.signal,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
};
