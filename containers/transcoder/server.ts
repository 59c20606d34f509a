import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type TranscoderHealth } from "../../workers/contract/task-event.ts";
import { TaskRequest } from "../../workers/contract/transcode.ts";
import { Runner, type RunnerOptions } from "./runtime/runner.ts";

/** A download's request names some thousand segments. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;
const RETRY_AFTER_SECONDS = "2";

const readBody = async (request: IncomingMessage): Promise<string | undefined> => {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length > MAX_BODY_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
};

const answer = (
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void => {
  response
    .writeHead(status, { "content-type": "application/json", ...headers })
    .end(JSON.stringify(body));
};

const parseTask = (body: string): ReturnType<typeof TaskRequest.safeParse> | undefined => {
  try {
    return TaskRequest.safeParse(JSON.parse(body));
  } catch {
    return undefined;
  }
};

const acceptTask = async (
  runner: Runner,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const body = await readBody(request);
  if (body === undefined) return answer(response, 413, { error: "the task is too large" });
  const parsed = parseTask(body);
  if (parsed?.success !== true)
    return answer(response, 400, { error: parsed?.error.message ?? "not JSON" });
  if (runner.draining) return answer(response, 503, { error: "draining" });
  if (runner.full)
    return answer(
      response,
      429,
      { error: "all slots are busy" },
      { "retry-after": RETRY_AFTER_SECONDS },
    );

  const gone = new AbortController();
  response.once("close", () => gone.abort());
  response.writeHead(200, { "content-type": "application/x-ndjson", "cache-control": "no-store" });
  await runner.run(parsed.data, gone.signal, (event) =>
    response.write(`${JSON.stringify(event)}\n`),
  );
  response.end();
};

/** The transcoder's two routes: `POST /tasks` and `GET /health`. */
export const createTranscoder = (options: RunnerOptions): { server: Server; runner: Runner } => {
  const runner = new Runner(options);
  const health = (): TranscoderHealth => ({
    slots: options.slots,
    running: runner.running,
    draining: runner.draining,
    ffmpeg: options.capabilities.version,
    encoders: [...options.capabilities.encoders],
  });
  const server = createServer((request, response) => {
    const route = `${request.method} ${request.url}`;
    if (route === "GET /health") return answer(response, runner.draining ? 503 : 200, health());
    if (route !== "POST /tasks") return answer(response, 404, { error: "not found" });
    acceptTask(runner, request, response).catch((error: unknown) => {
      console.error(JSON.stringify({ event: "request-failed", error: String(error) }));
      response.destroy();
    });
  });
  // A task may run for many minutes, and its request is read at once.
  server.requestTimeout = 60_000;
  return { server, runner };
};
