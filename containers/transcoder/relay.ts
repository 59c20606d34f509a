import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { TaskFailure } from "./failure.ts";
import type { Storage } from "./storage.ts";

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

  const send = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? "";
    if (request.method !== "GET" || !path.startsWith(base))
      return void response.writeHead(404).end();
    const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const { size, bytes } = await storage.open(decodeURIComponent(path.slice(base.length)), start);
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
