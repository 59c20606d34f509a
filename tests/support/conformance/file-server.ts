import { createReadStream } from "node:fs";
import { mkdir, rename, stat, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, extname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { contentType } from "../../../workers/media/content-type.ts";
import { contentRange, parseRange } from "../../../workers/media/range.ts";

/** Handles a request, or returns false to serve a file instead. */
export type Handler = (path: string, response: ServerResponse) => boolean;

async function sendFile(
  file: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { size } = await stat(file);
  const range = parseRange(request.headers.range ?? null, size) ?? undefined;
  const type = extname(file) === ".js" ? "text/javascript" : contentType(file);
  const headers = {
    "content-type": type,
    "accept-ranges": "bytes",
    "access-control-allow-origin": "*",
  };
  response.writeHead(range ? 206 : 200, {
    ...headers,
    "content-length": range?.length ?? size,
    ...(range ? { "content-range": contentRange(range, size) } : {}),
  });
  createReadStream(
    file,
    range && { start: range.offset, end: range.offset + range.length - 1 },
  ).pipe(response);
}

/** Serves a folder over HTTP on a free port: ranged GET, and PUT for the transcoder. */
export async function serveFolder(
  folder: string,
  handler: Handler = () => false,
): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url!, "http://localhost").pathname);
    const file = join(folder, path);
    async function answer(): Promise<void> {
      if (request.method === "PUT") {
        await mkdir(dirname(file), { recursive: true });
        // Files are replaced atomically, as in R2.
        await writeFile(`${file}.part`, await buffer(request));
        await rename(`${file}.part`, file);
        response.writeHead(200).end();
      } else if (!handler(path, response)) await sendFile(file, request, response);
    }
    answer().catch(() => response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
