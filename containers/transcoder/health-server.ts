import { createServer, type Server } from "node:http";
import type { TranscoderHealth } from "../../workers/contract/task-event.ts";

/** A runner serves only `GET /health`: it fetches work itself. */
export function createHealthServer(health: () => Promise<TranscoderHealth>): Server {
  return createServer((request, response) => {
    if (`${request.method} ${request.url}` !== "GET /health")
      return void response.writeHead(404).end();
    void health().then(
      (body) => {
        const isReady = body.unfit === null && !body.draining;
        response
          .writeHead(isReady ? 200 : 503, { "content-type": "application/json" })
          .end(JSON.stringify(body));
      },
      () => response.writeHead(500).end(),
    );
  });
}
