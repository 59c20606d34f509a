import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { mkdir, open, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { dirname, join } from "node:path";

/** A storage for tests that can be made to fail. */
export interface StorageServer {
  url: string;
  folder: string;
  /** All requests so far, as `GET path`. */
  requests: string[];
  /** Serves a file under a path without copying it; each call counts as new content. */
  link: (path: string, file: string) => void;
  /** After how many bytes the connection of a read from `start` breaks; undefined for never. */
  breaks: (path: string, start: number) => number | undefined;
  /** Whether a connection that would break stalls instead. */
  stalls: boolean;
  /** A promise that a request (`GET path`, first byte) waits for before it is answered. */
  waits: (line: string, start: number) => Promise<unknown> | undefined;
  close: () => Promise<void>;
}

async function sendRange(
  response: ServerResponse,
  file: string,
  range: string | undefined,
  head: boolean,
  breaks: (start: number) => number | undefined,
  breakOff: () => void,
): Promise<void> {
  const info = await stat(file).catch(() => undefined);
  if (info === undefined) return void response.writeHead(404).end();
  const [, first = "", until = ""] = /^bytes=(\d*)-(\d*)$/.exec(range ?? "") ?? [];
  const start = first === "" ? 0 : Number(first);
  const end = Math.min(info.size - 1, until === "" ? info.size - 1 : Number(until));
  if (range !== undefined && start >= info.size) return void response.writeHead(416).end();
  response.writeHead(range === undefined ? 200 : 206, {
    "accept-ranges": "bytes",
    "content-length": Math.max(0, end - start + 1),
    ...(range === undefined ? {} : { "content-range": `bytes ${start}-${end}/${info.size}` }),
  });
  if (head || info.size === 0) return void response.end();
  const broken = breaks(start);
  if (broken === 0) return breakOff();
  const last = broken === undefined ? end : Math.min(end, start + broken - 1);
  createReadStream(file, { start, end: last })
    .on("error", () => response.destroy())
    .on("end", () => last < end && breakOff())
    .pipe(response, { end: last === end });
}

async function body(request: IncomingMessage): Promise<Buffer> {
  return Buffer.concat(await request.toArray());
}

/** Serves a folder by the task storage contract (ranged GET, PUT, multipart), as the Worker does in production. */
export async function startStorage(folder: string): Promise<StorageServer> {
  const links = new Map<string, { file: string; etag: string }>();
  const requests: string[] = [];
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://storage");
    const path = decodeURIComponent(url.pathname.slice(1));
    const { file, etag } = links.get(path) ?? { file: join(folder, path), etag: undefined };
    const line = `${request.method} ${path}`;
    requests.push(line);
    await storage.waits(line, Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0));
    if (request.method === "GET" || request.method === "HEAD") {
      if (etag !== undefined) response.setHeader("etag", etag);
      return sendRange(
        response,
        file,
        request.headers.range,
        request.method === "HEAD",
        (start) => storage.breaks(path, start),
        () => (storage.stalls ? response.flushHeaders() : response.destroy()),
      );
    }
    await mkdir(dirname(file), { recursive: true });
    const bytes = await body(request);
    if (request.method === "PUT" && url.searchParams.has("partNumber")) {
      await writeFile(`${file}.part${url.searchParams.get("partNumber")}`, bytes);
      return void response.end(JSON.stringify({ etag: url.searchParams.get("partNumber") }));
    }
    if (request.method === "PUT") {
      if (Number(request.headers["content-length"]) !== bytes.length)
        return void response.writeHead(411).end();
      await writeFile(file, bytes);
      return void response.end();
    }
    if (!url.searchParams.has("uploadId"))
      return void response.end(JSON.stringify({ uploadId: "upload" }));
    await using joined = await open(file, "w");
    for (const { partNumber } of JSON.parse(bytes.toString("utf8")).parts) {
      for await (const chunk of createReadStream(`${file}.part${partNumber}`))
        await joined.write(chunk);
      await rm(`${file}.part${partNumber}`);
    }
    response.end("{}");
  }
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const storage: StorageServer = {
    url: `http://127.0.0.1:${address.port}`,
    folder,
    requests,
    link: (path, file) => links.set(path, { file, etag: `"${randomUUID()}"` }),
    breaks: () => undefined,
    stalls: false,
    waits: () => undefined,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return storage;
}
