import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type TranscoderHealth } from "../../workers/contract/task-event.ts";
import { TaskRequest } from "../../workers/contract/transcodes.ts";
import { log } from "./runtime/log.ts";
import { Runner, type RunnerOptions } from "./runtime/runner.ts";

/** The request of a download task lists thousands of segments. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;
const REQUEST_TIMEOUT_MS = 60_000;
const RETRY_AFTER_SECONDS = "2";

async function readRequestBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length > MAX_BODY_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response
    .writeHead(status, { "content-type": "application/json", ...headers })
    .end(JSON.stringify(body));
}

function parseTask(body: string): ReturnType<typeof TaskRequest.safeParse> | undefined {
  try {
    return TaskRequest.safeParse(JSON.parse(body));
  } catch {
    return undefined;
  }
}

async function acceptTask(
  runner: Runner,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readRequestBody(request);
  if (body === undefined) return answer(response, 413, { error: "The task is too large." });
  const parsed = parseTask(body);
  if (parsed?.success !== true)
    return answer(response, 400, { error: parsed?.error.message ?? "The body is not JSON." });
  if (runner.draining) return answer(response, 503, { error: "The transcoder is shutting down." });
  if (runner.full)
    return answer(
      response,
      429,
      { error: "All slots are busy." },
      { "retry-after": RETRY_AFTER_SECONDS },
    );

  const gone = new AbortController();
  response.once("close", () => gone.abort());
  response.writeHead(200, { "content-type": "application/x-ndjson", "cache-control": "no-store" });
  await runner.run(parsed.data, gone.signal, (event) =>
    response.write(`${JSON.stringify(event)}\n`),
  );
  response.end();
}

/** Creates the transcoder's HTTP server: `POST /tasks` runs a task, `GET /health` describes the host. */
export function createTranscoder(options: RunnerOptions): { server: Server; runner: Runner } {
  const runner = new Runner(options);
  function health(): TranscoderHealth {
    return {
      slots: options.slots,
      running: runner.running,
      draining: runner.draining,
      ffmpeg: options.capabilities.version,
      encoders: [...options.capabilities.encoders],
    };
  }
  const server = createServer((request, response) => {
    const route = `${request.method} ${request.url}`;
    if (route === "GET /health") return answer(response, runner.draining ? 503 : 200, health());
    if (route !== "POST /tasks") return answer(response, 404, { error: "Not found." });
    acceptTask(runner, request, response).catch((error: unknown) => {
      log("request.failed", { error: String(error) });
      response.destroy();
    });
  });
  // For receiving a request only; a task may run for many minutes.
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  return { server, runner };
}
