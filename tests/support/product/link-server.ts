import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** An external file server with support for ranges. It redirects to the file and sends its name. */
export async function serveLink(
  path: string,
  name: string,
): Promise<{ link: string; missing: string; close: () => void }> {
  const bytes = await readFile(path);
  const server = createServer((request, response) => {
    if (request.url === "/missing.mp4") return response.writeHead(404).end("Nothing here.");
    if (request.url === "/download") return response.writeHead(302, { location: "/file" }).end();
    const [, first = "0", last = ""] =
      /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
    const end = Math.min(Number(last || bytes.length), bytes.length - 1);
    const part = bytes.subarray(Number(first), end + 1);
    return response
      .writeHead(206, {
        "content-type": "video/mp4",
        "content-length": part.length,
        "content-range": `bytes ${first}-${end}/${bytes.length}`,
        "content-disposition": `attachment; filename="${name}"`,
        etag: '"1"',
      })
      .end(part);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { link: `${origin}/download`, missing: `${origin}/missing.mp4`, close };
}
