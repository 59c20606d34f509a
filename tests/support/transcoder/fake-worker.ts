import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  request as forward,
  type ServerResponse,
} from "node:http";
import {
  type ClaimAnswer,
  ClaimRequest,
  HandBack,
  ProgressReport,
  ResultReport,
  type TaskOutcome,
} from "../../../workers/contract/runner-api.ts";
import type { TaskEvent } from "../../../workers/contract/task-event.ts";
import type { TaskRequest } from "../../../workers/contract/transcodes.ts";
import type { StorageServer } from "./storage-server.ts";

/** How often a waiting claim looks whether there is a task. */
const POLL_MS = 20;

/** The outcome of a task that was given to a runner. */
export type TaskEnd = TaskOutcome | { type: "handed-back" };

interface Offered {
  request: TaskRequest;
  emit: (event: TaskEvent) => void;
  isWanted: () => boolean;
  end: (end: TaskEnd) => void;
}

/** The runner API without a Worker: it hands out the test's tasks and records the runner's reports. */
export interface FakeWorker extends AsyncDisposable {
  /** Base URL of the API. */
  url: string;
  claims: ClaimRequest[];
  handBacks: HandBack[];
  /** The response to every claim while it is set. */
  answer: ClaimAnswer | undefined;
  /** The status of every response while it is set. */
  outage: number | undefined;
  /**
   * Gives a task to the next runner that asks.
   * @param lost fires when the runner should get `stop`
   */
  perform: (
    request: TaskRequest,
    lost?: AbortSignal,
    emit?: (event: TaskEvent) => void,
  ) => Promise<TaskEnd>;
  /** Like `Runner.run`, for `runTask`. @throws Error when the task was handed back */
  run: (request: TaskRequest, lost: AbortSignal, emit: (event: TaskEvent) => void) => Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  return JSON.parse(Buffer.concat(await request.toArray()).toString("utf8"));
}

/** Starts the API on a free port, in front of the test's storage. */
export async function startFakeWorker(storage: StorageServer): Promise<FakeWorker> {
  const queue: Offered[] = [];
  const given = new Map<string, Offered>();
  const keyOf = ({ taskId, attempt }: { taskId: string; attempt: number }) =>
    `${taskId}.${attempt}`;

  function end(key: string, how: TaskEnd): boolean {
    const offered = given.get(key);
    given.delete(key);
    offered?.end(how);
    return offered !== undefined;
  }

  /** Every task that the runner no longer lists goes back. */
  function keepOnly(held: { taskId: string; attempt: number }[]): void {
    const kept = new Set(held.map(keyOf));
    for (const key of [...given.keys()]) if (!kept.has(key)) end(key, { type: "handed-back" });
  }

  async function claim(body: ClaimRequest): Promise<ClaimAnswer> {
    worker.claims.push(body);
    keepOnly(body.held);
    if (worker.answer !== undefined) return worker.answer;
    for (const until = Date.now() + body.waitSeconds * 1000; ;) {
      const offered = body.unfit === null ? queue.shift() : undefined;
      if (offered !== undefined) {
        given.set(keyOf(offered.request), offered);
        const { storage: _, ...task } = offered.request;
        return { type: "task", task: { ...task, token: "token" } };
      }
      if (Date.now() >= until || worker.answer !== undefined)
        return worker.answer ?? { type: "wait" };
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  function progress(report: ProgressReport): { type: "continue" | "stop" } {
    const offered = given.get(keyOf(report));
    offered?.emit({ type: "progress", ratio: report.ratio });
    for (const [rendition, output] of Object.entries(report.outputs))
      offered?.emit({ type: "segments", rendition, output });
    return { type: offered?.isWanted() ? "continue" : "stop" };
  }

  async function answer(path: string, body: unknown): Promise<unknown> {
    switch (path) {
      case "claim":
        return claim(ClaimRequest.parse(body));
      case "progress":
        return progress(ProgressReport.parse(body));
      case "result": {
        const report = ResultReport.parse(body);
        return { type: end(keyOf(report), report.outcome) ? "recorded" : "lost" };
      }
      case "hand-back": {
        const handBack = HandBack.parse(body);
        worker.handBacks.push(handBack);
        keepOnly(handBack.held);
        return {};
      }
      default:
        throw new Error(`no ${path}`);
    }
  }

  function toStorage(request: IncomingMessage, response: ServerResponse, path: string): void {
    const { method = "GET", headers } = request;
    const upstream = forward(`${storage.url}/${path}`, { method, headers }, (from) => {
      response.writeHead(from.statusCode ?? 500, from.headers);
      from.pipe(response).on("error", () => undefined);
      from.on("error", () => response.destroy());
    });
    upstream.on("error", () => response.destroy());
    response.on("close", () => upstream.destroy());
    request.pipe(upstream);
  }

  const server = createServer((request, response) => {
    const path = (request.url ?? "/").slice(1);
    if (path.startsWith("storage/token/"))
      return toStorage(request, response, path.slice("storage/token/".length));
    if (worker.outage !== undefined) return void response.writeHead(worker.outage).end();
    bodyOf(request)
      .then((body) => answer(path, body))
      .then((result) => response.end(JSON.stringify(result)))
      .catch((error: unknown) => response.writeHead(400).end(String(error)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const worker: FakeWorker = {
    url: `http://127.0.0.1:${address.port}`,
    claims: [],
    handBacks: [],
    answer: undefined,
    outage: undefined,
    perform: (request, lost, emit = () => undefined) => {
      const { promise, resolve } = Promise.withResolvers<TaskEnd>();
      queue.push({ request, emit, isWanted: () => lost?.aborted !== true, end: resolve });
      return promise;
    },
    run: async (request, lost, emit) => {
      const how = await worker.perform(request, lost, emit);
      if (how.type === "handed-back") throw new Error("the task was handed back");
      emit(how);
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return worker;
}
