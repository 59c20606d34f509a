import { once } from "node:events";
import { chmod } from "node:fs/promises";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { join } from "node:path";

const RUNNER_API = "/api/runner/";

/** The runner API on a socket: the only way out of the image's network. */
export interface ApiSocket {
  /** The calls and stored files that were let through, such as `POST /api/runner/claim`. */
  passed: string[];
  /** Requests for anything else. */
  refused: string[];
  /**
   * Resolves with the next file that is being stored. The file is never stored completely, so its task is still
   * running.
   */
  holdNextFile(): Promise<string>;
  close(): Promise<void>;
}

/**
 * Serves the runner API of a Worker as the Durable Object of a container does: a process without a credential is known by
 * where it comes from.
 *
 * @param folder the socket becomes its api.sock
 * @param origin of the Worker
 * @param token of the runner that has none
 */
export async function serveApiSocket(
  folder: string,
  origin: string,
  token: string,
): Promise<ApiSocket> {
  let hold: ((line: string) => void) | undefined;
  const socket: ApiSocket = {
    passed: [],
    refused: [],
    holdNextFile: () => new Promise((resolve) => (hold = resolve)),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };

  function pass(incoming: IncomingMessage, outgoing: ServerResponse, path: string): void {
    const { host: _host, ...headers } = incoming.headers;
    headers.authorization ??= `Bearer ${token}`;
    const forwarded = request(new URL(path, origin), { method: incoming.method, headers });
    forwarded.on("response", (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on("error", () => outgoing.destroy());
    // A file that was half sent when the image was killed must not look complete to the Worker.
    incoming.on("error", () => forwarded.destroy());
    outgoing.on("close", () => forwarded.destroy());
    incoming.pipe(forwarded);
  }

  const server = createServer((incoming, outgoing) => {
    const { method = "", url = "" } = incoming;
    const line = `${method} ${url}`;
    if (!url.startsWith(RUNNER_API)) {
      socket.refused.push(line);
      outgoing.writeHead(403).end();
      return;
    }
    if (hold !== undefined && method === "PUT") {
      hold(line);
      hold = undefined;
      incoming.on("error", () => undefined).resume();
      return;
    }
    socket.passed.push(line);
    pass(incoming, outgoing, url);
  });
  const path = join(folder, "api.sock");
  server.listen(path);
  await once(server, "listening");
  await chmod(path, 0o777);
  return socket;
}
